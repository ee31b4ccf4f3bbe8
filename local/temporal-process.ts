import type { Connection } from '@temporalio/client';
import { SEARCH_ATTRIBUTES } from '../gateway/messages.ts';
import { type ChildProgram, startChild, untilReady } from './child.ts';
import { openConnection } from './connection.ts';
import { accepts } from './ports.ts';
import { programOf } from './programs.ts';
import type { Run } from './run.ts';

export interface TemporalProcess {
  readonly child: ChildProgram;
  /** `127.0.0.1:7233` */
  readonly address: string;
  readonly namespace: string;
  /** Address of the Web UI. */
  readonly ui: string;
}

export interface TemporalOptions {
  readonly port: number;
  readonly uiPort: number;
  /** Registers the saga's search attributes. Without them workflows run as usual, but can't be searched for. */
  readonly searchAttributes: boolean;
  /** File for its database. With it the server can be restarted, and is half as fast. Default: the database is in memory. */
  readonly database?: string;
}

const NAMESPACE = 'default';
const READY_MS = 60_000;
/** How long one question to a server that may be ending is waited for. */
const ANSWER_MS = 5_000;

/** Temporal's command line has words of its own for the types of search attributes. */
const TYPES = { KEYWORD: 'Keyword', INT: 'Int' } as const;

/**
 * By default a development server handles only 20 tasks a second, so each step of a workflow waits up to 50 ms. And a timer that is due within a
 * second fires up to a second late. The server's database needs neither limit, so both are lifted.
 */
const DYNAMIC_CONFIGURATION = [
  'history.transferProcessorMaxPollRPS=2000',
  'history.timerProcessorMaxPollRPS=2000',
  'history.timerProcessorMaxTimeShift="1ms"',
];

/** Starts a Temporal development server with its Web UI, and waits until workflows can be started. */
export async function startTemporal(run: Run, options: TemporalOptions): Promise<TemporalProcess> {
  const { port, uiPort } = options;
  const program = await programOf('temporal');
  const registered = options.searchAttributes ? Object.values(SEARCH_ATTRIBUTES) : [];
  const child = await startChild({
    name: 'temporal',
    program,
    args: [
      'server',
      'start-dev',
      '--ip=127.0.0.1',
      `--port=${port}`,
      `--ui-port=${uiPort}`,
      `--namespace=${NAMESPACE}`,
      '--log-level=warn',
      ...(options.database === undefined ? [] : [`--db-filename=${options.database}`]),
      ...DYNAMIC_CONFIGURATION.map((value) => `--dynamic-config-value=${value}`),
      ...registered.map(({ name, type }) => `--search-attribute=${name}=${TYPES[type]}`),
    ],
    // A person's own variables must not make this program use another server.
    env: { TEMPORAL_ADDRESS: undefined, TEMPORAL_NAMESPACE: undefined, TEMPORAL_PROFILE: undefined },
    log: `${run.logs}/temporal.log`,
    // Short, because a kill loses nothing that has to be saved, and an orderly end takes a second.
    graceMs: 300,
  });
  await run.adopt(child, program);
  const address = `127.0.0.1:${port}`;
  await untilReady(child, READY_MS, async () => (await accepts(port)) && (await accepts(uiPort)));
  const names = registered.map(({ name }) => name);
  await untilReady(child, READY_MS, () => knows(address, names));
  return { child, address, namespace: NAMESPACE, ui: `http://127.0.0.1:${uiPort}` };
}

/** Gives true once the namespace exists and has these search attributes. */
async function knows(address: string, attributes: readonly string[]): Promise<boolean> {
  let connection: Connection | undefined;
  try {
    connection = await openConnection(address, ANSWER_MS);
    const { workflowService, operatorService } = connection;
    return await connection.withDeadline(Date.now() + ANSWER_MS, async () => {
      await workflowService.describeNamespace({ namespace: NAMESPACE });
      const { customAttributes } = await operatorService.listSearchAttributes({ namespace: NAMESPACE });
      return attributes.every((name) => name in customAttributes);
    });
  } catch {
    return false;
  } finally {
    await connection?.close();
  }
}
