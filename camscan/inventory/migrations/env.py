"""What Alembic runs: the steps, over the connection it was given, in the transaction that is open there."""

from alembic import context

from camscan.inventory.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
with context.begin_transaction():
    context.run_migrations()
