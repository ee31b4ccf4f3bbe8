import { closeSync, fchmodSync, fstatSync, openSync, writeFileSync } from 'node:fs';
import { openStore, type Store } from '../../etcd/store.ts';
import { EXIT, type CommandIo } from '../io.ts';
import { printable } from '../printable.ts';
import { askable, type RouterToCheck } from './ask.ts';
import { deviationsIn } from './dialect.ts';
import { CHECKS, GATEWAY_CHECKS } from './list.ts';
import { failed, runChecks, ok, warning, type ReportLine } from './check.ts';
import { open, OPENING_NAMES, openingLines } from './open.ts';
import { checkOptions, type CheckOptions } from './options.ts';
import { trialLines } from './trial-run.ts';
import { checkedLines, summary } from './view.ts';
import { drawn, drawOptionsOf, type Line } from '../style.ts';
import { UsageError } from '../usage.ts';
import { whoOf } from '../who.ts';

/** `routers check`. The exit code is 2 also if the check could not begin, because etcd does not answer or knows no such router. */
export async function run(argv: readonly string[], io: CommandIo): Promise<number> {
  const options = checkOptions(argv, io.env);
  if (options.trial && !options.yes && io.stdout.isTTY !== true)
    throw new UsageError('--trial: expected --yes where no terminal can be asked, got none');
  const store = openStore(options.worker.etcd);
  const interrupt = new AbortController();
  try {
    const asked = await askable(store, options);
    if (options.transcript !== undefined) makeFile(options.transcript);
    const lines = await reported(store, asked, options, io, interrupt);
    if (interrupt.signal.aborted) return EXIT.interrupted;
    return lines.some(({ result }) => result === 'failed') ? EXIT.otherwise : EXIT.ok;
  } catch (error) {
    if (error instanceof UsageError || !(error instanceof Error)) throw error;
    io.stderr.write(`gateway-saga routers check: ${printable(error.message)}\n`);
    return interrupt.signal.aborted ? EXIT.interrupted : EXIT.misuse;
  } finally {
    store.close();
  }
}

/** Makes the file of the transcript, or empties it, before anything is done on the router. Only its owner can read it, because it shows much of a router. */
function makeFile(path: string): void {
  try {
    const file = openSync(path, 'w', 0o600);
    try {
      // A file that was there has kept its mode. What is no file, as a terminal, keeps it here, too.
      if (fstatSync(file).isFile()) fchmodSync(file, 0o600);
    } finally {
      closeSync(file);
    }
  } catch (cause) {
    const expected = 'expected a file that can be written and kept from others';
    throw new UsageError(`--transcript: ${expected}, got ${path}`, { cause });
  }
}

/** Shows each part of the report once it is known. As JSON, shows all of it at the end. */
async function reported(
  store: Store,
  asked: RouterToCheck,
  options: CheckOptions,
  io: CommandIo,
  interrupt: AbortController,
): Promise<readonly ReportLine[]> {
  const { id, name, transcript } = asked;
  const show = (styled: readonly Line[]) => {
    const { color, ascii = false } = drawOptionsOf(io.stdout, io.env);
    if (!options.json) for (const line of styled) io.stdout.write(`${drawn(line, { color, ascii })}\n`);
  };
  try {
    show([[['bold', `${printable(name)} (${printable(id)})`]]]);
    const { lines: read, notAsked } = await readLines(asked, options);
    show(read.flatMap(checkedLines));
    const tried = options.trial ? await triedLines(store, asked, read, options, io, interrupt) : [];
    const last = notAsked.length === 0 ? [dialectLine(asked)] : [];
    show([...tried, ...last].flatMap(checkedLines));
    const lines = [...read, ...tried, ...last];
    const written = options.transcript === undefined ? [] : [`transcript: ${options.transcript}`];
    show([...summary(lines, notAsked), ...written].map((text): Line => [['plain', text]]));
    if (options.json) io.stdout.write(`${JSON.stringify({ id, name, checks: lines, notAsked })}\n`);
    return lines;
  } finally {
    if (options.transcript !== undefined) writeFileSync(options.transcript, transcript.toXml());
  }
}

interface ReadLines {
  readonly lines: readonly ReportLine[];
  /** Names of the checks that were not reached. */
  readonly notAsked: readonly string[];
}

async function readLines(asked: RouterToCheck, { worker }: CheckOptions): Promise<ReadLines> {
  const checks = [...CHECKS, ...(asked.rendered === undefined ? [] : GATEWAY_CHECKS)];
  const opening = await open(asked.target, worker, asked.transcript);
  const { session } = opening;
  const lines = openingLines(opening);
  try {
    if (session !== undefined) lines.push(...(await runChecks(checks, { ...asked, session })));
  } finally {
    await session?.close();
  }
  const names = [...OPENING_NAMES, ...checks.map(({ name }) => name)];
  return { lines, notAsked: names.slice(lines.length) };
}

async function triedLines(
  store: Store,
  asked: RouterToCheck,
  read: readonly ReportLine[],
  options: CheckOptions,
  io: CommandIo,
  interrupt: AbortController,
): Promise<readonly ReportLine[]> {
  const name = 'trial';
  if (read.some(({ result }) => result === 'failed'))
    return [{ name, ...failed('not begun', 'mend first what has failed above') }];
  if (!options.yes && !(await isAgreed(asked, io)))
    return [{ name, ...warning('not begun: nobody said yes', 'answer y, or give --yes') }];
  // Until here Ctrl-C ends the program, because there is nothing to clean up.
  const stopListening = io.onInterrupt(() => interrupt.abort());
  return trialLines({
    store,
    router: asked,
    signal: interrupt.signal,
    by: whoOf(undefined, io.env),
    open: async () => {
      const { session, error } = await open(asked.target, options.worker, asked.transcript);
      if (session === undefined) throw error ?? new Error('no session could be opened');
      return session;
    },
  }).finally(stopListening);
}

/** Asks on the terminal whether the trial may begin. */
async function isAgreed({ name }: RouterToCheck, { stderr, stdin }: CommandIo): Promise<boolean> {
  stderr.write(
    `Commit a statement that does nothing on ${printable(name)}, confirm it and remove it again? [y/N] `,
  );
  let answer = '';
  for await (const piece of stdin ?? []) {
    answer += String(piece);
    if (answer.includes('\n')) break;
  }
  return /^\s*y(es)?\s*$/i.test(answer.split('\n')[0] ?? '');
}

/** This line comes last, because it judges all replies so far. */
function dialectLine({ transcript }: RouterToCheck): ReportLine {
  const deviations = deviationsIn(transcript.messages);
  const text =
    deviations.length === 0 ? 'replies as documented' : `understood, though ${deviations.join('; ')}`;
  return { name: 'dialect', ...ok(text) };
}
