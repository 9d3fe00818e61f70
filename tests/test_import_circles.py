from __future__ import annotations

import grimp


def test_no_modules_import_each_other() -> None:
    graph = grimp.build_graph("tocsin", cache_dir=None)
    imported = {module: graph.find_modules_directly_imported_by(module) for module in graph.modules}
    # Whatever imports nothing that is left is in no circle, and neither is what imports only such modules.
    while done := {module for module, others in imported.items() if not others & imported.keys()}:
        for module in done:
            del imported[module]
    # What only leads into a circle is imported by nothing that is left.
    while done := imported.keys() - set().union(*imported.values()):
        for module in done:
            del imported[module]
    assert sorted(imported) == []
