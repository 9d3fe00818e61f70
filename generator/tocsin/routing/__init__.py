"""Who is notified: the route tree, walked as Alertmanager walks it."""
