"""`doctor`: what is wrong with this machine, this configuration, this database and these gateways, and what to do.

It changes nothing and creates nothing by looking, asks only the gateways that the configuration names, and never takes
the stream of events from a bot that is running. What a gateway is asked is in `bot.gateway_checks`.
"""

from __future__ import annotations

import asyncio
import json
import os
import platform
import shutil
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from alembic.script import ScriptDirectory
from alembic.util import CommandError
from rich.console import Console
from rich.text import Text
from sqlalchemy import Connection, func, inspect, make_url, select
from sqlalchemy.exc import SQLAlchemyError

from bot.checks import Check, ok, warning, wrong
from bot.cli.places import database_url
from bot.clock import utc_now
from bot.config import Config, load_config
from bot.control import holder
from bot.desk import Refused
from bot.faults import ConfigFaults
from bot.gateway_checks import Attendance, check_gateway
from bot.store.engine import FIXED_SQLITE, reader_engine, sqlite_path, sqlite_version
from bot.store.migrating import alembic_config, current_revision, newest_revision
from models.accounts import Account
from models.journal import JournalEntry
from models.operations import Merchant
