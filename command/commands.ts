import type { Backend } from './connection-options.ts';
import type { CommandIo } from './io.ts';
import type { OptionTable } from './usage.ts';

/** The exports of each command's file. `run` resolves with the exit code. */
export interface CommandModule {
  readonly HELP: string;
  readonly OPTIONS: OptionTable;
  readonly run: (argv: readonly string[], io: CommandIo) => Promise<number>;
}

export interface Command {
  readonly name: string;
  readonly arguments: string;
  readonly summary: string;
  /** What it connects to. For each of these it takes the options of `connection-options.ts`. Absent: it connects to nothing. */
  readonly connects?: readonly Backend[];
  /** Its actions: the words that its first argument may be. Absent: its first argument is no action. */
  readonly actions?: readonly string[];
  /** Its TYPE may also be a neighbour: a type of resources that gateways refer to. Absent: TYPE is a type of gateways. */
  readonly takesRecords?: true;
  /** The options of the action that has a file of its own. Absent: no action has a file of its own. */
  readonly furtherOptions?: () => Promise<OptionTable>;
  /** Loaded only when the command is called: `status` needs no router library. */
  readonly load: () => Promise<CommandModule>;
}

export const COMMANDS: readonly Command[] = [
  {
    name: 'apply',
    arguments: 'TYPE ID…',
    summary: 'creates, updates or deletes gateways, whichever their configuration asks for',
    connects: ['temporal', 'etcd'],
    load: async () => (await import('./change.ts')).changeCommand('apply'),
  },
  {
    name: 'create',
    arguments: 'TYPE ID…',
    summary: 'creates gateways, or joins what runs for them, and shows how it goes',
    connects: ['temporal', 'etcd'],
    load: async () => (await import('./change.ts')).changeCommand('create'),
  },
  {
    name: 'update',
    arguments: 'TYPE ID…',
    summary: 'updates gateways that stand, and shows how it goes',
    connects: ['temporal', 'etcd'],
    load: async () => (await import('./change.ts')).changeCommand('update'),
  },
  {
    name: 'delete',
    arguments: 'TYPE ID…',
    summary: 'deletes gateways that are marked for deletion, and shows how it goes',
    connects: ['temporal', 'etcd'],
    load: async () => (await import('./change.ts')).changeCommand('delete'),
  },
  {
    name: 'status',
    arguments: 'TYPE ID',
    summary: 'says what stands of a gateway, what is wanted and what runs',
    connects: ['temporal', 'etcd'],
    load: () => import('./status.ts'),
  },
  {
    name: 'list',
    arguments: '',
    summary: 'lists gateways with how their last change ended, and why',
    connects: ['temporal', 'etcd'],
    load: () => import('./list.ts'),
  },
  {
    name: 'cancel',
    arguments: 'TYPE ID…',
    summary: 'cancels what runs for gateways, and shows how it is reverted',
    connects: ['temporal', 'etcd'],
    load: () => import('./cancel.ts'),
  },
  {
    name: 'plan',
    arguments: 'TYPE ID',
    summary: 'shows what would change against what stands, and does nothing',
    connects: ['etcd'],
    load: () => import('./plan.ts'),
  },
  {
    name: 'config',
    arguments: 'ACTION TYPE [ID]',
    summary: 'checks a record and writes it to etcd, shows one, or its schema',
    connects: ['etcd'],
    actions: ['put', 'get', 'check', 'schema'],
    takesRecords: true,
    furtherOptions: async () => (await import('./config-check.ts')).OPTIONS,
    load: () => import('./config.ts'),
  },
  {
    name: 'queue',
    arguments: '[PAIR]',
    summary: 'shows which gateways wait for which routers, and what blocks them',
    connects: ['temporal', 'etcd'],
    load: () => import('./queue.ts'),
  },
  {
    name: 'routers',
    arguments: 'ACTION [ID]',
    summary: 'checks a router, holds, releases, retires or readmits it, lists all',
    connects: ['temporal', 'etcd'],
    actions: ['hold', 'release', 'retire', 'readmit', 'list', 'check'],
    furtherOptions: async () => (await import('./routers-check/options.ts')).OPTIONS,
    load: () => import('./routers.ts'),
  },
  {
    name: 'doctor',
    arguments: '',
    summary: 'compares etcd with all routers, and says what mends each difference',
    connects: ['temporal', 'etcd'],
    load: () => import('./doctor.ts'),
  },
  {
    name: 'templates',
    arguments: 'publish',
    summary: 'publishes the kinds of gateways to etcd',
    connects: ['etcd'],
    actions: ['publish'],
    load: () => import('./templates.ts'),
  },
  {
    name: 'setup',
    arguments: '',
    summary: 'registers the search attributes in the Temporal namespace',
    connects: ['temporal'],
    load: () => import('./setup.ts'),
  },
  {
    name: 'worker',
    arguments: '',
    summary: 'runs the sagas, and configures the routers',
    connects: ['temporal', 'etcd'],
    load: () => import('./worker.ts'),
  },
  {
    name: 'watch',
    arguments: 'ACTION',
    summary: 'starts or stops the watch over /config, or says how it stands',
    connects: ['temporal'],
    actions: ['start', 'stop', 'status'],
    load: () => import('./watch.ts'),
  },
  {
    name: 'codec',
    arguments: '',
    summary: 'decrypts histories for the Temporal Web UI and CLI',
    load: () => import('./codec.ts'),
  },
  {
    name: 'router',
    arguments: '',
    summary: 'runs a simulated router, or a pair of them',
    load: async () => {
      const { HELP, runRouter } = await import('./router.ts');
      const { OPTIONS } = await import('./router-options.ts');
      return { HELP, OPTIONS, run: runRouter };
    },
  },
  {
    name: 'help',
    arguments: '[COMMAND]',
    summary: "shows this, or a command's own help",
    load: () => import('./help.ts'),
  },
  {
    name: 'version',
    arguments: '',
    summary: 'shows the versions of gateway-saga, Node.js and the Temporal SDK',
    load: () => import('./version.ts'),
  },
  {
    name: 'completion',
    arguments: 'SHELL',
    summary: 'writes what a shell needs to complete commands and options',
    actions: ['bash', 'zsh', 'fish'],
    load: () => import('./completion.ts'),
  },
];
