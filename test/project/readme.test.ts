import assert from 'node:assert/strict';
import { access, readFile, readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path/posix';
import * as client from '../../client/index.ts';
import { COMMANDS } from '../../command/commands.ts';
import { HELP as ROUTER_HELP } from '../../command/router.ts';
import { FAILURES } from '../../gateway/failures.ts';
import { SEARCH_ATTRIBUTES } from '../../gateway/messages.ts';
import { checkPolicy } from '../../gateway/check-policy.ts';
import { DEFAULT_POLICY } from '../../gateway/policies.ts';
import { ROOT } from '../../local/folders.ts';
import {
  anchorsOf,
  blocksOf,
  proseOf,
  readPage,
  readPages,
  sectionOf,
  tableRowsOf,
  wordsOf,
} from './readme-document.ts';
import { alertNames } from '../deploy/files.ts';
import type { Page } from './readme-document.ts';

describe('the documentation', () => {
  let pages: Page[];
  let readme: Page;
  let configuration: Page;
  let operations: Page;
  /** By command: its help. */
  let helps: Map<string, string>;

  before(async () => {
    pages = await readPages();
    readme = await readPage('README.md');
    configuration = await readPage('docs/configuration.md');
    operations = await readPage('docs/operations.md');
    const texts = COMMANDS.map(async ({ name, load }) => {
      const { HELP } = await load();
      return [name, name === 'router' ? ROUTER_HELP : HELP] as const;
    });
    helps = new Map(await Promise.all(texts));
  });

  it('has links that lead somewhere', async () => {
    const broken: string[] = [];
    let seen = 0;
    for (const page of pages) {
      for (const [, target = ''] of proseOf(page).matchAll(/\]\(([^)\s]+)\)/g)) {
        if (target.startsWith('https://')) continue;
        seen += 1;
        const [path = '', anchor] = target.split('#');
        const file = path === '' ? page.path : join(dirname(page.path), path);
        const problem = await problemOf(file, anchor);
        if (problem !== undefined) broken.push(`${page.path}: ${target}: ${problem}`);
      }
    }
    assert.deepEqual(broken, []);
    assert.ok(seen > 15, `only ${seen} links were found`);
  });

  it('names only files that exist', async () => {
    const folders = 'gateway|pair|junos|workflows|activities|netconf|etcd|templates|worker|client|command';
    const path = new RegExp(`^(?:${folders}|simulator|local|bench|test|docs)/[\\w./-]*$`);
    const named = [...new Set(pages.flatMap(wordsOf))].filter((word) => path.test(word));
    assert.ok(named.length > 15, `only ${named.length} paths were found`);
    const missing: string[] = [];
    for (const file of named) await access(`${ROOT}${file}`).catch(() => missing.push(file));
    assert.deepEqual(missing, []);
  });

  it('names only npm scripts that exist', async () => {
    const { scripts } = JSON.parse(await readFile(`${ROOT}package.json`, 'utf8')) as {
      scripts: Record<string, string>;
    };
    const named = new Set(
      pages
        .flatMap(({ text }) => Array.from(text.matchAll(/npm (?:run )?(start|test|(?<=run )[a-z][a-z:-]*)/g)))
        .map(([, script = '']) => script),
    );
    assert.ok(named.has('start') && named.has('check'));
    assert.deepEqual(
      [...named].filter((script) => !(script in scripts)),
      [],
    );
  });

  it('shows each command, and each command line with options that the command has', () => {
    const cells = sectionOf(readme, 'Four ways in').matchAll(/^\| (`gateway-saga [^|]*)\|/gm);
    // A row may have several commands: `gateway-saga create TYPE ID…`, `update`, `delete`.
    const named = Array.from(cells, ([, cell = '']) => cell).flatMap((cell) =>
      Array.from(cell.matchAll(/`(?:gateway-saga )?(\w+)[^`]*`/g), ([, name = '']) => name),
    );
    assert.deepEqual(named, [...helps.keys()]);

    const lines = pages
      .flatMap((page) => {
        return [...blocksOf(page).map(({ text }) => text), ...wordsOf(page)].flatMap((text) =>
          Array.from(text.matchAll(/gateway-saga ([a-z]+)([^\n#]*)/g), ([line, name = '', rest = '']) => ({
            line,
            name,
            rest,
          })),
        );
      })
      .filter(({ name }) => helps.has(name));
    const wrong = lines.flatMap(({ line, name, rest }) =>
      (rest.match(/--[a-z][a-z0-9-]*/g) ?? [])
        .filter((option) => option !== '--help' && !mentions(helps.get(name) ?? '', option))
        .map((option) => `${option} in: ${line}`),
    );
    assert.deepEqual(wrong, []);
    assert.ok(lines.length > 10, `only ${lines.length} command lines were found`);
  });

  it('names only options that some command has', () => {
    // Of `npm start` and of `npm run bench`.
    const own = ['--keep', '--runs', '--only', '--gateways'];
    const others = ['--watch', '--connect-to'];
    const all = [...helps.values()].join('\n');
    const options = pages.flatMap(wordsOf).flatMap((word) => /^--[a-z][a-z0-9-]*/.exec(word)?.[0] ?? []);
    assert.ok(options.length > 10);
    assert.deepEqual(
      options.filter((option) => ![...own, ...others].includes(option) && !mentions(all, option)),
      [],
    );
  });

  it("lists all of the worker's options and variables, and nothing else", () => {
    const help = helps.get('worker') ?? '';
    const table = configuration.text;
    const listed = Array.from(
      table.matchAll(/^\| `(--[a-z-]+)[^`]*` +\| `([A-Z_]+)(?:=1)?`/gm),
      ([, option, variable]) => `${option} ${variable}`,
    );
    const known = Array.from(
      help.matchAll(/^ {2}(--(?!help)[a-z-]+)[^\n]*?(?:\n(?! {2}--)[^\n]*?)*?(GATEWAY_SAGA_[A-Z_]+)/gm),
      ([, option, variable]) => `${option} ${variable}`,
    );
    assert.ok(known.length >= 17, String(known.length));
    assert.deepEqual(listed.toSorted(), known.toSorted());
    for (const variable of help.match(/\b(?:ETCDCTL|TEMPORAL)_[A-Z]+\b/g) ?? [])
      assert.ok(table.includes(`\`${variable}`), variable);
  });

  it('gives the policy with its defaults', () => {
    const defaults = new Map(
      Object.entries(DEFAULT_POLICY).map(([field, value]) => {
        return [field, `\`${typeof value === 'object' ? JSON.stringify(value) : value}\``] as const;
      }),
    );
    assert.deepEqual(tableRowsOf(sectionOf(configuration, 'The policy')), defaults);
  });

  it('shows policies that a worker takes', () => {
    const policies = wordsOf(configuration).filter((word) => /^\{"(?:vrrp|confirm)/.test(word));
    assert.equal(policies.length, 3);
    for (const policy of policies) checkPolicy(JSON.parse(policy) as Record<string, unknown>);
  });

  it('shows a policy in the help of a worker that it takes', () => {
    const shown = helps.get('worker')?.match(/'(\{[^']+\})'/)?.[1] ?? assert.fail('no policy is shown');
    checkPolicy(JSON.parse(shown) as Record<string, unknown>);
  });

  it('tells each rule that the code cites, and cites each that it tells', async () => {
    const page = await readPage('docs/transaction.md');
    const told = Array.from(page.text.matchAll(/^- \*\*([TM]\d+) /gm), ([, rule = '']) => rule);
    const expected = [...numbered('T', 13), ...numbered('M', 5)];
    assert.deepEqual(told, expected);
    const cited = new Set<string>();
    for (const folder of ['gateway', 'pair', 'workflows', 'activities', 'etcd', 'netconf']) {
      const files = await readdir(`${ROOT}${folder}`, { recursive: true });
      for (const file of files.filter((name) => name.endsWith('.ts'))) {
        const source = await readFile(`${ROOT}${folder}/${file}`, 'utf8');
        for (const comment of source.matchAll(/\/\*\*[^]*?\*\/|\/\/.*$/gm))
          for (const [rule] of comment[0].matchAll(/\b[TM]\d+\b/g)) cited.add(rule);
      }
    }
    assert.deepEqual(
      [...cited].filter((rule) => !told.includes(rule)),
      [],
    );
    // T13 says what no code can do.
    assert.deepEqual(
      told.filter((rule) => rule !== 'T13' && !cited.has(rule)),
      [],
    );
  });

  it('says of each failure type what to do', () => {
    const rows = tableRowsOf(sectionOf(operations, 'When a change fails'));
    assert.deepEqual([...rows.keys()], Object.values(FAILURES));
  });

  it('names failures and alerts that exist in the pages on etcd and routers', async () => {
    const types: readonly string[] = Object.values(FAILURES);
    const known = new Set([...types, ...(await alertNames()), 'ApplicationFailure', ...Object.keys(client)]);
    // The page on benchmarks names what it measures, classes among it.
    const about = pages.filter(({ path }) => path !== 'docs/benchmarks.md');
    const names = about.flatMap(wordsOf).filter((word) => /^(?:[A-Z][a-z]+){2,}$/.test(word));
    const attributes: readonly string[] = Object.values(SEARCH_ATTRIBUTES).map(({ name }) => name);
    assert.deepEqual(
      names.filter((name) => !known.has(name) && !attributes.includes(name)),
      [],
    );
  });

  it('lists the search attributes', () => {
    const rows = tableRowsOf(sectionOf(operations, 'Searching'));
    const expected = Object.values(SEARCH_ATTRIBUTES).map(({ name, type }) => [
      name,
      type === 'INT' ? 'Int' : 'Keyword',
    ]);
    assert.deepEqual([...rows], expected);
  });

  async function problemOf(file: string, anchor: string | undefined): Promise<string | undefined> {
    try {
      await access(`${ROOT}${file}`);
    } catch {
      return 'no such file';
    }
    if (anchor === undefined) return undefined;
    return anchorsOf(await readPage(file)).includes(anchor) ? undefined : 'no such heading';
  }
});

function mentions(help: string, option: string): boolean {
  return new RegExp(`${option}(?![a-z0-9-])`).test(help);
}

function numbered(letter: string, count: number): string[] {
  return Array.from({ length: count }, (_, index) => `${letter}${index + 1}`);
}
