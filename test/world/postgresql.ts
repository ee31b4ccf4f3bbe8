/** A PostgreSQL of one's own, in a temporary folder. Its programs have to be in `PATH`. */
import { execFileSync, spawnSync } from 'node:child_process';
import { chown, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startChild, untilReady } from '../../local/child.ts';
import type { ChildProgram } from '../../local/child.ts';
import { freePort } from '../../local/ports.ts';
import type { Run } from '../../local/run.ts';

const READY_MS = 30_000;
/** Neither `initdb` nor `postgres` runs as root. As root, this user runs them, whom every Linux has as `nobody`. */
const NOBODY = 65_534;

export interface Postgresql {
  readonly port: number;
  /** Variables that make `psql` the superuser here. */
  readonly environment: Readonly<Record<string, string>>;
  /** Ends it without warning. */
  kill(): Promise<void>;
  /** Starts it again, with the same data. */
  start(): Promise<void>;
  /** Ends it, and removes its data. */
  close(): Promise<void>;
}

export async function startPostgresql(run: Run): Promise<Postgresql> {
  const isRoot = process.getuid?.() === 0;
  const as = isRoot ? ['setpriv', `--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--clear-groups'] : [];
  const folder = await mkdtemp(join(tmpdir(), 'postgresql-'));
  const [data, password] = [join(folder, 'data'), join(folder, 'password')];
  await writeFile(password, 'superuser');
  if (isRoot) await Promise.all([folder, password].map((path) => chown(path, NOBODY, NOBODY)));
  const [program, ...args] = [...as, 'initdb', '--auth=scram-sha-256', '--username=postgres'];
  execFileSync(program, [...args, `--pwfile=${password}`, `--pgdata=${data}`], { cwd: folder });
  const port = await freePort();
  let child: ChildProgram;
  const start = async () => {
    const [name, ...words] = [...as, 'postgres', '-D', data, '-p', String(port)];
    child = await startChild({
      name: 'postgresql',
      program: name,
      args: [...words, '-c', 'listen_addresses=127.0.0.1', '-c', `unix_socket_directories=${folder}`],
      cwd: folder,
      log: `${run.logs}/postgresql.log`,
    });
    await run.adopt(child, name);
    await untilReady(child, READY_MS, async () => answers(port));
  };
  await start();
  return {
    port,
    environment: {
      PGHOST: '127.0.0.1',
      PGPORT: String(port),
      PGUSER: 'postgres',
      PGPASSWORD: 'superuser',
    },
    start,
    async kill() {
      child.signal('SIGKILL');
      await child.exited;
    },
    async close() {
      await child.stop();
      await rm(folder, { recursive: true });
    },
  };
}

/** While it recovers after a kill, it accepts connections and refuses logins. */
function answers(port: number): boolean {
  return spawnSync('pg_isready', ['--host=127.0.0.1', `--port=${port}`]).status === 0;
}
