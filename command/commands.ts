import type { CommandIo } from './io.ts';

/** The exports of each command's file. `run` resolves with the exit code. */
export interface CommandModule {
  readonly HELP: string;
  readonly run: (argv: readonly string[], io: CommandIo) => Promise<number>;
}

export interface Command {
  readonly name: string;
  readonly arguments: string;
  readonly summary: string;
  /** Loaded only when the command is called: `status` needs no router library. */
  readonly load: () => Promise<CommandModule>;
}

export const COMMANDS: readonly Command[] = [
  {
    name: 'apply',
    arguments: 'TYPE ID…',
    summary: 'creates, updates or deletes gateways, whichever their configuration asks for',
    load: async () => (await import('./change.ts')).changeCommand('apply'),
  },
  {
    name: 'create',
    arguments: 'TYPE ID…',
    summary: 'creates gateways, or joins what runs for them, and shows how it goes',
    load: async () => (await import('./change.ts')).changeCommand('create'),
  },
  {
    name: 'update',
    arguments: 'TYPE ID…',
    summary: 'updates gateways that stand, and shows how it goes',
    load: async () => (await import('./change.ts')).changeCommand('update'),
  },
  {
    name: 'delete',
    arguments: 'TYPE ID…',
    summary: 'deletes gateways that are marked for deletion, and shows how it goes',
    load: async () => (await import('./change.ts')).changeCommand('delete'),
  },
  {
    name: 'status',
    arguments: 'TYPE ID',
    summary: 'says what stands of a gateway, what is wanted and what runs',
    load: () => import('./status.ts'),
  },
  {
    name: 'plan',
    arguments: 'TYPE ID',
    summary: 'shows what would change against what stands, and does nothing',
    load: () => import('./plan.ts'),
  },
  {
    name: 'config',
    arguments: 'ACTION TYPE ID',
    summary: 'writes a record to etcd after checking it, or shows one',
    load: () => import('./config.ts'),
  },
  {
    name: 'queue',
    arguments: '[PAIR]',
    summary: 'shows which gateways wait for which routers, and what blocks them',
    load: () => import('./queue.ts'),
  },
  {
    name: 'routers',
    arguments: 'ACTION [ID]',
    summary: 'checks a router, holds, releases, retires or readmits it, lists all',
    load: () => import('./routers.ts'),
  },
  {
    name: 'doctor',
    arguments: '',
    summary: 'compares etcd with all routers, and says what mends each difference',
    load: () => import('./doctor.ts'),
  },
  {
    name: 'templates',
    arguments: 'publish',
    summary: 'publishes the kinds of gateways to etcd',
    load: () => import('./templates.ts'),
  },
  {
    name: 'setup',
    arguments: '',
    summary: 'registers the search attributes in the Temporal namespace',
    load: () => import('./setup.ts'),
  },
  {
    name: 'worker',
    arguments: '',
    summary: 'runs the sagas, and configures the routers',
    load: () => import('./worker.ts'),
  },
  {
    name: 'watch',
    arguments: 'ACTION',
    summary: 'starts or stops the watch over /config, or says how it stands',
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
      const { runRouter } = await import('./router.ts');
      return { HELP: '', run: runRouter };
    },
  },
];
