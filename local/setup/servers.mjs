import { constants } from 'node:fs';
import { access, mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { delimiter, dirname } from 'node:path';
import { SetupError } from './error.mjs';
import { etcd } from './etcd.mjs';
import { exclusively } from './lock.mjs';
import { say, tools } from './paths.mjs';
import { prometheus } from './prometheus.mjs';
import { lastLines, run } from './run.mjs';
import { temporal } from './temporal.mjs';
import { timeSkipping } from './time-skipping.mjs';

/**
 * File with `{ etcd: { path, version, source, size, mtimeMs }, temporal: … }`: the servers that were found or fetched. `{ missing }` says why an
 * optional server could not be had.
 */
const record = `${tools}/servers.json`;
const running = [etcd, temporal];

/** Finds or fetches each server and records its path, and its version if the version is known. `tests`: whether to get the servers that only tests use, too. */
export async function installServers({ tests }) {
  const servers = tests ? [...running, timeSkipping, prometheus] : running;
  const known = await readRecord();
  if (await allKnown(servers, known)) return;
  await exclusively(async () => {
    const found = await readRecord();
    for (const server of servers) {
      if (!(await isStillGood(server, found[server.name]))) found[server.name] = await install(server);
    }
    await writeFile(`${record}.new`, `${JSON.stringify(found, undefined, 2)}\n`);
    await rename(`${record}.new`, record);
  });
}

async function readRecord() {
  return JSON.parse(await readFile(record, 'utf8').catch(() => '{}'));
}

async function allKnown(servers, known) {
  const good = await Promise.all(servers.map((server) => isStillGood(server, known[server.name])));
  return good.every(Boolean);
}

/** Whether a record still holds: the file has not changed since it was tried, and the variable, if it is set, names that file. */
async function isStillGood(server, known) {
  if (known === undefined) return false;
  const asked = process.env[server.variable];
  if (asked ? known.path !== asked : known.source === server.variable) return false;
  if (known.missing !== undefined) return true;
  const now = await stat(known.path).catch(() => undefined);
  return now !== undefined && now.size === known.size && now.mtimeMs === known.mtimeMs;
}

async function install(server) {
  const asked = process.env[server.variable];
  if (asked) {
    const result = await examine(server, asked, server.variable);
    if (typeof result !== 'string') return result;
    throw new SetupError(`${server.variable}=${asked}: ${result}`);
  }
  const tried = [];
  const earlier = await examine(server, `${server.folder}/${server.name}`, 'an earlier set-up');
  if (typeof earlier !== 'string') return earlier;
  const onPath = await findOnPath(server.name);
  if (onPath !== undefined) {
    const result = await examine(server, onPath, 'PATH');
    if (typeof result !== 'string') {
      say(`${server.title} ${result.version ?? 'of unknown version'}, found on PATH: ${onPath}`);
      return result;
    }
    tried.push(`${onPath} on PATH (${result})`);
  }
  for (const source of server.sources) {
    const from = Date.now();
    say(`${server.title}: trying ${source.title} (at most ${source.limit / 1000} s)`);
    const result = await fetchFrom(server, source);
    if (typeof result !== 'string') {
      say(`${server.title} ${result.version} is there, after ${((Date.now() - from) / 1000).toFixed(1)} s`);
      return result;
    }
    tried.push(`${source.title} (${result})`);
  }
  const missing = `no ${server.title} to be had. Tried: ${tried.join('; ')}.`;
  if (server.isOptional) {
    say(`${missing} Tests that need it are skipped. To try again, remove ${record}`);
    return { missing };
  }
  throw new SetupError(
    `${missing}\n` +
      `       Install one (${server.wanted}) and put it on PATH, or name its file in ${server.variable}.`,
  );
}

/** Lets a source put its program into a temporary folder. The program is moved into place only if it runs. */
async function fetchFrom(server, source) {
  const temporary = `${tools}/tmp-${server.name}-${process.pid}`;
  await rm(temporary, { recursive: true, force: true });
  await mkdir(temporary, { recursive: true });
  try {
    const program = await source.fetch(temporary, source.limit);
    const examined = await examine(server, program, source.title);
    if (typeof examined === 'string') return examined;
    // The source has checked what it fetched, so the version is known even if the program does not print it.
    const result = { ...examined, version: examined.version ?? server.wanted };
    await mkdir(server.folder, { recursive: true });
    const path = `${server.folder}/${server.name}`;
    await rename(program, path);
    for (const name of server.beside ?? [])
      await rename(`${dirname(program)}/${name}`, `${server.folder}/${name}`);
    const { size, mtimeMs } = await stat(path);
    return { ...result, path, size, mtimeMs };
  } catch (error) {
    return error.message;
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

/** @returns the server's record, or the reason why this program can't be used. */
async function examine(server, path, source) {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined) return 'no such file';
  for (const name of server.beside ?? [])
    if (!(await stat(`${dirname(path)}/${name}`).catch(() => undefined))) return `no ${name} beside it`;
  const probe = server.probe ?? ['--version'];
  const result = await run(path, probe, { limit: 20_000 });
  if (!result.ok) return `${probe.join(' ')}: ${result.reason} ${lastLines(result.output)}`;
  const answer = server.version.exec(result.output);
  if (!answer) return `${probe.join(' ')}: expected ${server.title}, got ${lastLines(result.output)}`;
  // Not every program can print its version.
  const version = answer[1];
  const objection = version === undefined ? undefined : server.objection(version);
  if (objection !== undefined) return `version ${version}: ${objection}`;
  return { path, version, source, size: found.size, mtimeMs: found.mtimeMs };
}

async function findOnPath(name) {
  for (const folder of (process.env['PATH'] ?? '').split(delimiter)) {
    const path = `${folder}/${name}`;
    if (
      await access(path, constants.X_OK).then(
        () => true,
        () => false,
      )
    )
      return path;
  }
  return undefined;
}
