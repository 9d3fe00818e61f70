"""The language server: what `tocsin lsp` answers to an editor."""
