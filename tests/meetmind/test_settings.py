"""Settings: three legal profiles, and a sentence for every value that cannot be used."""

import subprocess
import sys
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from meetmind.environment import Environment
from tests.served import ROOT, clean_environment

POSTGRES = "postgresql://somebody:secret-password@127.0.0.1:1/meetmind"
LONG = "0123456789-abcdefghij-0123456789-abcdefghij"


def run_manage(folder: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """manage.py in an environment that holds nothing of this test run's."""
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        env=clean_environment(folder, **variables),
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
    )


def test_without_any_setting_one_process_on_sqlite_is_in_force(tmp_path: Path) -> None:
    done = run_manage(tmp_path, "settings")
    assert done.returncode == 0, done.stderr
    assert "Profile: one process on SQLite" in done.stdout


def test_a_database_alone_is_one_process_on_postgresql_and_its_password_is_masked(
    tmp_path: Path,
) -> None:
    done = run_manage(tmp_path, "settings", DATABASE_URL=POSTGRES)
    assert "Profile: one process on PostgreSQL" in done.stdout
    assert "secret-password" not in done.stdout
    assert "environment" in next(
        line for line in done.stdout.splitlines() if line.startswith("DATABASE_URL")
    )


def test_with_both_servers_many_processes_share_keys_given_as_files(tmp_path: Path) -> None:
    (tmp_path / "key").write_text(LONG + "\n")
    done = run_manage(
        tmp_path,
        "settings",
        DATABASE_URL=POSTGRES,
        REDIS_URL="redis://127.0.0.1:1/0",
        SECRET_KEY_FILE=str(tmp_path / "key"),
        LINK_KEY=LONG,
    )
    assert done.returncode == 0, done.stderr
    assert "Profile: many processes" in done.stdout
    assert LONG not in done.stdout
    assert any(
        line.split()[:2] == ["SECRET_KEY", "SECRET_KEY_FILE"] for line in done.stdout.splitlines()
    )


@pytest.mark.parametrize(
    ("variables", "sentence"),
    [
        ({"REDIS_URL": "redis://127.0.0.1/0"}, "REDIS_URL is set without DATABASE_URL"),
        ({"DATABASE_URL": "mysql://127.0.0.1/x"}, "DATABASE_URL cannot be used"),
        ({"DATABASE_URL": POSTGRES, "REDIS_URL": "redis://127.0.0.1/0"}, "SECRET_KEY is not set"),
        (
            {
                "DATABASE_URL": POSTGRES,
                "REDIS_URL": "http://127.0.0.1",
                "SECRET_KEY": LONG,
                "LINK_KEY": LONG,
            },
            "REDIS_URL cannot be used",
        ),
        ({"SECRET_KEY": "short"}, "SECRET_KEY is too short"),
        ({"DEBUG": "perhaps"}, "DEBUG is 'perhaps', which cannot be used: say true or false."),
        ({"PORT": "70000"}, "PORT is '70000'"),
        ({"PORT": "many"}, "PORT is 'many'"),
        ({"PUBLIC_URL": "interviews.example.com"}, "PUBLIC_URL is"),
        ({"EMAIL_URL": "mail.example.com"}, "EMAIL_URL cannot be used"),
        ({"EMAIL_FAILURE_RATE": "2"}, "EMAIL_FAILURE_RATE is '2'"),
        ({"AI_PROVIDERS": "gemini,oracle"}, "AI_PROVIDERS names oracle"),
        ({"GROQ_API_KEY": "“gsk_1”"}, "GROQ_API_KEY holds characters that no key has"),
        ({"EMAIL_URL": "smtp://mail.example.com:abc"}, "EMAIL_URL cannot be used: Port"),
        ({"DATABASE_URL": "postgresql://m@h:port/n"}, "DATABASE_URL cannot be used: Port"),
        ({"DATA_DIR": "/proc/nope"}, "DATA_DIR is /proc/nope, which cannot be made"),
        ({"GROQ_BASE_URL": "nonsense"}, "GROQ_BASE_URL is 'nonsense'"),
        ({"DEFAULT_FROM_EMAIL": "nobody"}, "DEFAULT_FROM_EMAIL is 'nobody'"),
        ({"PUBLIC_URL": "http://x:99999"}, "PUBLIC_URL is 'http://x:99999'"),
        ({"AI_CHAOS": "cut"}, "AI_CHAOS breaks AI calls on purpose"),
        ({"SCHEDULER_QUEUE": "stack"}, "choose one of heap, wheel"),
        ({"SCHEDULER_BACKOFF": "1,-5"}, "SCHEDULER_BACKOFF is"),
        ({"SCHEDULER_LEASE": "0"}, "SCHEDULER_LEASE is '0'"),
        ({"RETENTION_AUDIT_DAYS": "10"}, "RETENTION_AUDIT_DAYS is '10'"),
        ({"SECRET_KEY_FILE": "/nowhere/at/all"}, "SECRET_KEY_FILE names /nowhere/at/all"),
    ],
)
def test_a_value_that_cannot_be_used_stops_the_start_with_a_sentence(
    tmp_path: Path, variables: dict[str, str], sentence: str
) -> None:
    done = run_manage(tmp_path, "check", **variables)
    assert done.returncode != 0
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr


def test_a_setting_given_twice_is_refused(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("b" * 40)
    given = {"SECRET_KEY": "a" * 40, "SECRET_KEY_FILE": str(tmp_path / "key")}
    with pytest.raises(ImproperlyConfigured, match="are both set"):
        Environment(given).text("SECRET_KEY")


def test_an_empty_value_counts_as_not_set() -> None:
    environment = Environment({"PORT": "  "})
    assert environment.whole("PORT", 8000) == 8000
    assert environment.read["PORT"].source == "default"


def test_keys_of_one_process_are_made_once_and_readable_by_their_owner_only(tmp_path: Path) -> None:
    run_manage(tmp_path, "settings")
    first = (tmp_path / "link.key").read_text()
    run_manage(tmp_path, "settings")
    assert (tmp_path / "link.key").read_text() == first
    assert (tmp_path / "link.key").stat().st_mode & 0o777 == 0o600
