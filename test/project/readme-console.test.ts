/**
 * Runs the console blocks of README and docs, page by page, and compares what is printed (`readme-console.ts` says what may differ). One
 * `npm start` is for all pages, except those that give it options: each of these has its own. Commands run in a folder that has the
 * `gateway-saga` command, `.local/env` and the files that the page tells its reader to make, in a shell that has sourced `.local/env`.
 */
import assert from 'node:assert/strict';
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { LOCAL, ROOT } from '../../local/folders.ts';
import { consoleStepsOf, filesOf, missingLine, screenOf, type ConsoleStep } from './readme-console.ts';
import { readPages } from './readme-document.ts';
import type { Page } from './readme-document.ts';

/** Blocks that are not run, by their first shown line, and why. */
const NOT_RUN: ReadonlyMap<string, string> = new Map([
  [
    'MX-1 + MX-2  waiting for verdicts since 2026-05-04T10:00:00.000Z (12.0 s)',
    'it shows the moment between the verdicts of two gateways',
  ],
]);

const START = 'npm start';
/** `npm start`, from another folder than the checkout. */
const START_FROM_ELSEWHERE = `npm --prefix ${ROOT} start`;
const STAYS_UP = 'Everything stays up until you press Ctrl-C.';
/** `script` gives a command a terminal: what people see is drawn for one. */
const hasTerminals = spawnSync('script', ['--version']).status === 0;

const pages = (await readPages()).filter((page) => consoleStepsOf(page).length > 0);

const starts = new Set(pages.map(startOf));

describe('the console blocks of the documentation', function () {
  this.timeout(300_000);

  let folder: string;

  before(async function () {
    if (!hasTerminals) {
      console.log('    no program "script" is installed: no console block is run');
      this.skip();
    }
    folder = await mkdtemp(join(tmpdir(), 'readme-console-'));
    await mkdir(join(folder, 'node_modules', '.bin'), { recursive: true });
    await symlink(`${ROOT}command/gateway-saga.mjs`, join(folder, 'node_modules', '.bin', 'gateway-saga'));
    await symlink(LOCAL, join(folder, '.local'));
  });
  after(async () => {
    if (folder !== undefined) await rm(folder, { recursive: true });
  });

  it('are on the first page, and on others', () => {
    assert.equal(pages[0]?.path, 'README.md');
    assert.ok(pages.length > 1);
    const shown = pages.flatMap(consoleStepsOf).map(({ shown: [first] }) => first);
    assert.deepEqual(
      [...NOT_RUN.keys()].filter((first) => !shown.includes(first)),
      [],
    );
  });

  for (const start of starts) {
    describe(start, () => {
      const ofStart = pages.filter((page) => startOf(page) === start);
      let stack: TerminalRun;

      before(async () => {
        for (const page of ofStart) await writeFilesOf(page);
        stack = inTerminal(start.replace(START, START_FROM_ELSEWHERE), folder);
        while (!stack.lines().includes(STAYS_UP) && stack.isRunning()) await sleep(200);
      });
      after(() => stack?.interrupt());

      for (const page of ofStart) {
        it(`prints what ${page.path} shows`, async () => {
          await writeFilesOf(page);
          for (const step of consoleStepsOf(page).filter(({ shown: [first = ''] }) => !NOT_RUN.has(first))) {
            const printed = step.command === start ? stack.lines() : await linesOf(step);
            const missing = missingLine(step.shown, printed);
            if (missing !== undefined)
              assert.fail(
                `$ ${step.command}\nexpected: ${missing}\nin what was printed:\n${printed.join('\n')}`,
              );
          }
        });
      }
    });
  }

  async function writeFilesOf(page: Page): Promise<void> {
    for (const [path, content] of filesOf(page)) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), content);
    }
  }

  async function linesOf({ command }: ConsoleStep): Promise<string[]> {
    const run = inTerminal(`. .local/env; ${command}`, folder);
    await run.ended;
    return run.lines();
  }
});

/** The page's own `npm start` with options; else the one of most pages. */
function startOf(page: Page): string {
  return consoleStepsOf(page).find(({ command }) => command.startsWith(`${START} -- `))?.command ?? START;
}

interface TerminalRun {
  readonly ended: Promise<unknown>;
  isRunning(): boolean;
  lines(): string[];
  /** Presses Ctrl-C, and waits for the end. */
  interrupt(): Promise<void>;
}

/** A command on a terminal that is wide and high enough for everything, without what npm itself says. */
function inTerminal(command: string, cwd: string): TerminalRun {
  const quiet = { NO_COLOR: '1', npm_config_loglevel: 'silent', npm_config_progress: 'false' };
  const child: ChildProcess = spawn('script', ['-qec', `stty cols 250 rows 80; ${command}`, '/dev/null'], {
    cwd,
    env: { ...process.env, ...quiet, SHELL: '/bin/sh', TERM: 'xterm' },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (output += text));
  const ended = once(child, 'close');
  const isRunning = (): boolean => child.exitCode === null && child.signalCode === null;
  return {
    ended,
    isRunning,
    lines: () => screenOf(output),
    interrupt: async () => {
      if (isRunning()) child.stdin?.write('\u0003');
      await ended;
    },
  };
}
