"""Uses a simulated router through ncclient. The environment has its address; the output is JSON."""

import json
import os
import sys

from ncclient import manager
from ncclient.operations import RPCError
from ncclient.transport import AuthenticationError, SSHUnknownHostError
from ncclient.xml_ import to_ele

ROUTER = {
    "host": os.environ["ROUTER_HOST"],
    "port": int(os.environ["ROUTER_PORT"]),
    "username": os.environ["ROUTER_USER"],
    "device_params": {"name": "junos"},
    "allow_agent": False,
    "look_for_keys": False,
    "ssh_config": None,
    "timeout": 15,
}
UNIT = "interfaces { ae0 { unit 1025 { apply-groups VPNGW1-VRRP; vlan-id 1025; } } }"


def connect(**more):
    """Checks the host key against ~/.ssh/known_hosts: that is ncclient's default for hostkey_verify."""
    return manager.connect(**{**ROUTER, "password": os.environ["ROUTER_PASSWORD"], "hostkey_verify": True, **more})


def refused(action):
    try:
        action()
    except RPCError as error:
        # An error that stands for several errors has no fields of its own.
        errors = getattr(error, "errors", None) or [error]
        return [{"tag": e.tag, "message": (e.message or "").strip(), "info": e.info} for e in errors]
    return []


def text(reply):
    return reply.tostring.decode() if hasattr(reply, "tostring") else str(reply)


def connecting():
    try:
        connect(password="wrong")
    except (AuthenticationError, SSHUnknownHostError) as error:
        return {"connecting": type(error).__name__}
    return {"connecting": "connected"}


def session():
    replies, denied = {}, {}
    two = connect()
    with connect() as one:
        ids, capabilities = [one.session_id, two.session_id], list(one.server_capabilities)
        with one.locked("candidate"):
            denied["lock"] = refused(lambda: two.lock("candidate"))
            replies["load"] = text(one.load_configuration(format="text", action="merge", config=UNIT))
            replies["compare"] = text(one.compare_configuration(rollback=0))
            replies["check"] = text(one.validate(source="candidate"))
            replies["junos check"] = text(one.rpc(to_ele("<commit-configuration><check/></commit-configuration>")))
            replies["commit"] = text(one.commit())
            denied["load"] = refused(lambda: one.load_configuration(format="text", action="merge", config="interfaces { ae0 {"))
            one.discard_changes()
            one.load_configuration(
                format="text", action="merge", config="interfaces { ae0 { unit 7 { apply-groups NO-SUCH; vlan-id 7; } } }"
            )
            denied["check"] = refused(lambda: one.rpc(to_ele("<commit-configuration><check/></commit-configuration>")))
            one.discard_changes()
        replies["get-config"] = text(one.get_config(source="running"))
        replies["get-configuration"] = text(one.get_configuration(format="text"))
        replies["vrrp"] = text(one.rpc(to_ele("<get-vrrp-information><summary/></get-vrrp-information>")))
        denied["rpc"] = refused(lambda: one.rpc(to_ele("<no-such-rpc/>")))
        two.lock("candidate")
        replies["kill"] = text(one.kill_session(two.session_id))
        with one.locked("candidate"):
            replies["lock after kill"] = "granted"
        try:
            two.get_config(source="running")
        except Exception as error:  # ncclient has several for a session that has ended
            replies["killed"] = type(error).__name__
    return {"ids": ids, "capabilities": capabilities, "replies": replies, "refused": denied}


print(json.dumps({"connecting": connecting, "session": session}[sys.argv[1]]()))
