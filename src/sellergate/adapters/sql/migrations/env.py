"""What Alembic runs for each command: the migrations, in the transaction the connection is in, or else in one each."""

from alembic import context

from sellergate.adapters.sql.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transactional_ddl=True,
    transaction_per_migration=True,
)
with context.begin_transaction():
    context.run_migrations()
