import type { RequestedAction } from '../client/request.ts';
import { ETCD_HELP, TEMPORAL_HELP } from './environment-help.ts';
import { AS_HELP } from './who.ts';

interface Words {
  /** What the command does, and what becomes of a gateway where that can't be done. */
  readonly what: string;
  /** The kind of outcome in the examples of JSON. */
  readonly made: string;
  /** The outcomes that give exit code 0. */
  readonly asked: string;
}

const WORDS: Readonly<Record<RequestedAction, Words>> = {
  create: {
    what: `Creates gateways, or joins what runs for them, and shows how it goes until all have ended. A gateway that
stands at an older version is refused: gateway-saga update changes it.`,
    made: 'created',
    asked: 'created',
  },
  update: {
    what: `Updates gateways that stand to what their configuration has now, and shows how it goes until all have ended.
If an update fails, both routers carry again what stood before.`,
    made: 'updated',
    asked: 'updated, or unchanged because nothing changes on the routers',
  },
  delete: {
    what: `Deletes gateways whose configuration is marked for deletion ("marked_for_deletion": true, at a higher version),
and shows how it goes until all have ended. If a deletion fails, both routers carry again what stood before.`,
    made: 'deleted',
    asked: 'deleted',
  },
  apply: {
    what: `Creates, updates or deletes gateways, whichever their configuration asks for, and shows how it goes until all
have ended.`,
    made: 'created',
    asked: 'created, updated, unchanged or deleted',
  },
};

const VPN = 'vpn_gateway 4fab887d-8f73-40e6-b2d8-2426255231bf';
const INTERNET = 'internet_gateway 429e24b5-a2f0-4fb8-b467-e335857e9476';

const ROUTER = '792c7a6d-19b5-4d6f-b9f6-1e5b1eb45198';

/** The options that only `delete` has, and an example of them. */
const OWE = [
  `  --owe ROUTER   deletes one gateway although this edge router, by name or id, is away for long, or dead: the gateway is removed
                 from the other router, and its removal on this one is owed. It is made once the router is back, and
                 "gateway-saga routers retire" drops it. If the other router refuses, both stay as they are
  --reason TEXT  the reason for that, shown to everybody who sees what is owed
  ${AS_HELP}
`,
  `  gateway-saga delete ${VPN} --owe ${ROUTER} --reason "burnt"
`,
] as const;

export function changeHelp(asked: RequestedAction): string {
  const { what, made, asked: isZero } = WORDS[asked];
  const version = asked === 'update' || asked === 'delete' ? 2 : 1;
  const command = `gateway-saga ${asked}`;
  const [owe, example] = asked === 'delete' ? OWE : ['', ''];
  return `Usage: ${command} TYPE ID… [options]
       ${command} --file FILE [options]

${what}
Several gateways are started together, so that a pair of routers takes them in few batches: all that come while it
works make the next one. Each has a line, and there is a summary. Ctrl-C ends only the display; what was started goes on.

  TYPE, ID       as in etcd: /config/v2.0/TYPEs/ID; several of one type; a name that no other has in place of an id
  --file FILE    the gateways from a file, one "TYPE ID" a line; "-" is standard input; a comment begins with "#"
  --version N    version of the configuration (default: the current one); for one gateway only
  --again        tries a version once more that has failed, after its cause was mended; a version that was made stays
                 as it is, and what runs for a gateway is joined
${owe}  --no-wait      starts them and returns
  --json         one JSON document for each gateway, on a line of its own, in the order in which they end:
                 {"kind":"ended","workflowId":…,"outcome":{"kind":"${made}",…}}, with --no-wait
                 {"kind":"started","workflowId":…}; {"kind":"not started",…,"reason":…} if Temporal refuses a start
  --help         shows this

Exit code: 0 if all were ${isZero} (with --no-wait: started);
1 some ended otherwise; 2 not understood; 130 interrupted; 141 nobody read its output to the end.

Examples:
  ${command} ${VPN}
  ${command} ${VPN} --version ${version} --no-wait
  ${command} ${VPN} --again
${example}  ${command} ${INTERNET} --json | jq -r .outcome.kind
  ${command} --file gateways.txt
  echo ${VPN} | ${command} --file -

${TEMPORAL_HELP}
${ETCD_HELP}`;
}
