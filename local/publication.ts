import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { KNOWN_HOSTS, LOCAL, ROOT, SHELL_FILE, STACK_FILE } from './folders.ts';

/** The contents of `.local/stack.json`, from which other programs learn where everything is. */
export interface StackDescription {
  readonly etcd: { readonly endpoints: readonly string[] };
  readonly temporal: { readonly address: string; readonly namespace: string; readonly ui: string };
  readonly routers: readonly {
    /** Id of the `edge_router` record. */
    readonly id: string;
    readonly host: string;
    readonly port: number;
    readonly username: string;
    readonly password: string;
  }[];
  /** Path of the file with the routers' host keys, relative to the checkout. */
  readonly knownHosts: string;
}

const PUBLISHED = {
  'stack.json': STACK_FILE,
  known_hosts: `${ROOT}${KNOWN_HOSTS}`,
  env: SHELL_FILE,
} as const;

/**
 * Writes `.local/known_hosts` and then `.local/stack.json`, each atomically and readable by its owner only.
 * The run's folder keeps a copy of both, by which a later run recognises files that a crashed run left behind.
 */
export async function publish(
  runFolder: string,
  description: Omit<StackDescription, 'knownHosts'>,
  knownHosts: string,
): Promise<void> {
  const stack: StackDescription = { ...description, knownHosts: KNOWN_HOSTS };
  await writeWhole('known_hosts', runFolder, knownHosts);
  await writeWhole('stack.json', runFolder, `${JSON.stringify(stack, undefined, 2)}\n`);
}

/**
 * Writes `.local/env`: a shell that sources it leads the `gateway-saga` and `temporal` commands to this stack and nowhere else, and has
 * a `temporal` command if it had none.
 *
 * @param environment as in `Stack`: a variable that is `undefined` there is unset.
 */
export async function publishShell(
  runFolder: string,
  environment: Readonly<Record<string, string | undefined>>,
  temporalProgram: string,
): Promise<void> {
  const exports = Object.entries(environment).flatMap(([name, value]) =>
    value === undefined ? [] : [`export ${name}=${quoted(value)}`],
  );
  const folder = quoted(dirname(temporalProgram));
  const lines = [
    '# Where the stack of `npm start` is. In a shell at the checkout, while it runs: . .local/env',
    '# Settings for other servers would lead elsewhere.',
    String.raw`for name in $(env | sed -nE 's/^((ETCDCTL|TEMPORAL|GATEWAY_SAGA)_[A-Z0-9_]+)=.*/\1/p'); do unset "$name"; done`,
    ...exports,
    '# The Temporal CLI that set-up found or fetched, behind your own.',
    `case ":$PATH:" in *:${folder}:*) ;; *) PATH="$PATH":${folder} ;; esac`,
  ];
  await writeWhole('env', runFolder, `${lines.join('\n')}\n`);
}

/** One word for a shell, whatever is in it. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

async function writeWhole(name: keyof typeof PUBLISHED, runFolder: string, text: string): Promise<void> {
  await mkdir(LOCAL, { recursive: true });
  await writeFile(`${runFolder}/${name}`, text, { mode: 0o600 });
  await replace(name, text);
}

async function replace(name: keyof typeof PUBLISHED, text: string): Promise<void> {
  const aside = `${PUBLISHED[name]}.${process.pid}`;
  await writeFile(aside, text, { mode: 0o600 });
  await rename(aside, PUBLISHED[name]);
}

/**
 * Removes the files that the run in `runFolder` published, unless another run has replaced them since. `others`: folders of the runs that go on, the
 * newest first. The newest of them that has published such a file gets it back.
 */
export async function unpublish(runFolder: string, others: readonly string[]): Promise<void> {
  for (const name of ['stack.json', 'known_hosts', 'env'] as const) {
    const [ours, published] = await Promise.all([textOf(`${runFolder}/${name}`), textOf(PUBLISHED[name])]);
    if (ours === undefined || ours !== published) continue;
    const earlier = (await Promise.all(others.map((folder) => textOf(`${folder}/${name}`)))).find(
      (text) => text !== undefined,
    );
    if (earlier === undefined) await rm(PUBLISHED[name], { force: true });
    else await replace(name, earlier);
  }
}

function textOf(path: string): Promise<string | undefined> {
  return readFile(path, 'utf8').catch(() => undefined);
}
