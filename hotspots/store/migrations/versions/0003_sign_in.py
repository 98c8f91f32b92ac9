"""People can sign in: second factors, passkeys, bars, links for another password."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Add what signing in needs, and the number of keys of references."""
    with op.batch_alter_table("person") as table:
        for column in _of_person():
            table.add_column(column)
        table.create_unique_constraint(
            "uq_person_fs_webauthn_user_handle", ["fs_webauthn_user_handle"]
        )
    whose = sa.ForeignKey("person.id", name="fk_invitation_person_id")
    with op.batch_alter_table("invitation") as table:
        table.add_column(sa.Column("person_id", sa.Text, whose, nullable=True))
    with op.batch_alter_table("site") as table:
        table.add_column(_whole("n_keys", 1))
    _make_passkeys()


def _whole(name: str, default: int) -> sa.Column[int]:
    return sa.Column(name, sa.Integer, nullable=False, server_default=str(default))


def _of_person() -> list[sa.Column[Any]]:
    kinds = {
        "tf_primary_method": sa.Text,
        "tf_totp_secret": sa.Text,
        "totp_counter": sa.Integer,
        "mf_recovery_codes": sa.JSON,
        "fs_webauthn_user_handle": sa.Text,
        "barred_until": sa.DateTime,
    }
    optional: list[sa.Column[Any]] = [
        sa.Column(name, kind, nullable=True) for name, kind in kinds.items()
    ]
    return [*optional, _whole("failures", 0)]


def _make_passkeys() -> None:
    kinds = {
        "id": sa.Text,
        "made_at": sa.DateTime,
        "made_by": sa.Text,
        "name": sa.Text,
        "credential_id": sa.LargeBinary,
        "public_key": sa.LargeBinary,
        "sign_count": sa.Integer,
        "transports": sa.JSON,
        "device_type": sa.Text,
        "backup_state": sa.Boolean,
        "usage": sa.Text,
        "lastuse_datetime": sa.DateTime,
    }
    whose = sa.ForeignKey("person.id", name="fk_passkey_person_id")
    op.create_table(
        "passkey",
        *(sa.Column(name, kind, nullable=False) for name, kind in kinds.items()),
        sa.Column("person_id", sa.Text, whose, nullable=False),
        sa.Column("extensions", sa.Text, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_passkey"),
        sa.UniqueConstraint("credential_id", name="uq_passkey_credential_id"),
    )
    op.create_index("ix_passkey_person_id", "passkey", ["person_id"])
