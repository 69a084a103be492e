"""What Alembic runs for each command: the migrations, on the connection and in the transaction it is given."""

from alembic import context

from sellergate.adapters.sql.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata, transactional_ddl=True)
with context.begin_transaction():
    context.run_migrations()
