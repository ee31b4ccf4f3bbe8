/**
 * Which command runs which spec. A spec belongs to the first group that lists a beginning of the spec's path. So specs that are listed by name run
 * with the command of their group, and the rest of their folder with `npm test`. Of `saga/`, the main stories are listed by name, and the rest runs
 * with `npm run test:system`. The specs of a group share one process, and in it one etcd and one Temporal server. Three groups run side by side, in
 * lanes, so the groups of a command are cut and ordered in such a way that the lanes end at about the same time.
 */
export const COMMANDS = ['test', 'system', 'chaos'] as const;
export type Command = (typeof COMMANDS)[number];

export interface Group {
  readonly command: Command;
  /** What the output calls it. */
  readonly name: string;
  /** Beginnings of paths below `test/`. */
  readonly specs: readonly string[];
}

/** All groups. A command runs its groups in this order. */
export const GROUPS: readonly Group[] = [
  { command: 'chaos', name: 'killed and frozen', specs: ['saga/crash'] },
  {
    command: 'chaos',
    name: 'real processes',
    specs: [
      'chaos/changed-run.',
      'chaos/checker.',
      'chaos/processes.',
      'chaos/recorder.',
      'chaos/routers.',
      'chaos/time-skipping.',
    ],
  },
  {
    command: 'chaos',
    name: 'whatever a router or a pair meets',
    specs: [
      'activities/pair/device-switches',
      'activities/pair/lost-reply',
      'activities/pair/stale-mark',
      'pair/property.',
      'activities/pair/beyond-ascii',
      'activities/pair/dialects',
      'activities/pair/refused-member',
      'activities/pair/unreadable',
      'pair/crowd',
      'workflows/config-watch.',
      'workflows/crowd.',
      'workflows/newer-version',
      'workflows/owing.',
      'workflows/superseding',
    ],
  },
  {
    command: 'chaos',
    name: 'reset, terminated and shut down',
    specs: ['saga/reset', 'saga/terminate', 'saga/shutdown', 'saga/rolling-upgrade', 'etcd/cluster'],
  },
  { command: 'chaos', name: 'the matrix', specs: ['saga/matrix'] },

  {
    command: 'test',
    name: 'saga and workflows',
    specs: [
      'saga/contract',
      'saga/create',
      'saga/delete.',
      'saga/failures.',
      'saga/pair',
      'saga/plain-commit',
      'saga/progress',
      'saga/replay.',
      'saga/settled.',
      'saga/update',
      'saga/watch.',
      'workflows/',
      'local/connection',
    ],
  },

  {
    command: 'system',
    name: 'keys, logins and secrets',
    specs: [
      'saga/codec',
      'saga/failures-login',
      'saga/least-privilege',
      'saga/login-class',
      'saga/mutual-tls',
      'saga/secrets',
      'saga/secured',
      'saga/ssh',
    ],
  },
  {
    command: 'system',
    name: 'saga: failures, cancels, newer versions',
    specs: [
      'saga/again',
      'saga/blocked',
      'saga/cancel',
      'saga/failures',
      'saga/join',
      'saga/owed',
      'saga/superseding',
    ],
  },
  {
    command: 'system',
    name: 'saga: records, input, families',
    specs: ['saga/ab', 'saga/al', 'saga/b', 'saga/c', 'saga/d', 'saga/e', 'saga/f'],
  },
  { command: 'system', name: 'saga: the rest', specs: ['saga/'] },
  {
    command: 'system',
    name: 'package, set-up and the embedded stack',
    specs: [
      'project/package',
      'project/release',
      'project/readme-console.',
      'local/crash',
      'local/publication',
      'local/setup',
      'local/shell.',
      'local/stack',
      'local/start.',
      'local/worker',
      'command/no-worker',
      'command/unwritable',
      'command/worker',
      'command/router.',
      'deploy/compose-samples',
    ],
  },
  {
    command: 'system',
    name: 'fuzz, mutations and the runner of the specs',
    specs: ['fuzz/fuzz', 'fuzz/growth', 'mutation/compile', 'bench/nothing', 'run/'],
  },

  {
    command: 'test',
    name: 'client and command',
    specs: ['client/', 'command/', 'worker/', 'local/', 'bench/'],
  },
  { command: 'test', name: 'pair of routers', specs: ['activities/'] },
  { command: 'test', name: 'etcd', specs: ['etcd/'] },
  { command: 'test', name: 'NETCONF', specs: ['netconf/'] },
  {
    command: 'test',
    name: 'pure',
    specs: [
      'chaos/',
      'deploy/',
      'fuzz/',
      'gateway/',
      'junos/',
      'mutation/',
      'pair/',
      'project/',
      'simulator/',
      'templates/',
    ],
  },
  { command: 'test', name: 'simulation', specs: ['simulation/'] },
];

/** The group that runs a spec, by the spec's path below `test/`. `undefined`: no command runs it. */
export function groupOf(spec: string): Group | undefined {
  return GROUPS.find(({ specs }) => specs.some((start) => spec.startsWith(start)));
}
