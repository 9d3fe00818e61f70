"""Who is told: the route tree, walked as Alertmanager walks it."""
