import assert from 'node:assert/strict';
import { COMMANDS } from '../../command/commands.ts';
import { fittedHelp } from '../../command/fitted-help.ts';
import { main } from '../../command/run.ts';
import { fakeIo } from './fake-io.ts';

const HELP = `Usage: a command [options]

Does what one wants, and says how it went for whoever looks at it
later, in so many words. It ends.

  --file FILE  the gateways from a file, one a line; a comment
               begins with a mark
  --json       one document
  --known A    a file              A_VARIABLE_OF_THE_ENVIRONMENT
               of keys

Exit code: 0 done.

Examples:
  a command that is never broken, because it can be copied then
  another one

It is found.
`;

describe('a help text on a narrow terminal', () => {
  it('has its lines broken at blanks, goes on where its text began, and leaves examples whole', () => {
    assert.equal(
      fittedHelp(HELP, 40),
      `Usage: a command [options]

Does what one wants, and says how it
went for whoever looks at it later, in
so many words. It ends.

  --file FILE  the gateways from a file,
               one a line; a comment
               begins with a mark
  --json       one document
  --known A    a file of keys
               A_VARIABLE_OF_THE_ENVIRONMENT

Exit code: 0 done.

Examples:
  a command that is never broken, because it can be copied then
  another one

It is found.
`,
    );
  });

  it('stays as it is where it fits, and where the width is not known', () => {
    assert.equal(fittedHelp(HELP, 130), HELP);
    assert.equal(fittedHelp(HELP, undefined), HELP);
  });

  it('of each command is ASCII where the locale is, and keeps its columns', async () => {
    const helps = [
      ['--help'],
      ['help'],
      ...COMMANDS.flatMap(({ name }) => [
        [name, '--help'],
        ['help', name],
      ]),
    ];
    for (const argv of helps) {
      const io = fakeIo({ LC_ALL: 'C' });
      await main(argv, io);
      assert.match(io.out(), /^Usage: gateway-saga [\n -~]*$/, argv.join(' '));
    }
    const io = fakeIo({ LC_ALL: 'C' });
    await main(['--help'], io);
    const rows = io.out().split('\n');
    const columnOf = (start: string, summary: string) =>
      rows.find((row) => row.startsWith(`  ${start} `))?.indexOf(summary);
    assert.equal(columnOf('apply', 'creates,'), columnOf('--version', 'as version'));
  });

  it('is not, where the locale has UTF-8; neither is what a command has not understood, where it is ASCII', async () => {
    const whole = fakeIo({ LC_ALL: 'C.UTF-8' });
    await main(['apply', '--help'], whole);
    assert.match(whole.out(), /^Usage: gateway-saga apply TYPE ID… /);
    const io = fakeIo({ LC_ALL: 'C' });
    await main(['apply', 'vpn_gateway'], io);
    assert.match(io.err(), /: expected TYPE ID\.\.\., or --file FILE, got "vpn_gateway"\n/);
  });

  it('of each command keeps its words, and has no line that a terminal of 80 columns breaks but an example', async () => {
    // A single word is not broken.
    const isFitting = (line: string) =>
      line.length <= 80 || line.trim().split(/ {2,}/).at(-1)?.includes(' ') === false;
    for (const { name } of COMMANDS) {
      const [whole, narrow, other] = [
        fakeIo(),
        fakeIo({}, { isTTY: true, columns: 80 }),
        fakeIo({}, { isTTY: true, columns: 80 }),
      ];
      await main([name, '--help'], whole);
      await main([name, '--help'], narrow);
      await main(['help', name], other);
      assert.equal(narrow.out(), other.out());
      const words = (text: string) => text.split(/\s+/).toSorted();
      assert.deepEqual(words(narrow.out()), words(whole.out()));
      const [before = '', after = ''] = narrow.out().split(/\nExamples:\n[^]*?(?=\n\n|$)/);
      for (const line of `${before}\n${after}`.split('\n')) assert.ok(isFitting(line), `${name}: ${line}`);
    }
    const io = fakeIo({}, { isTTY: true, columns: 80 });
    await main(['--help'], io);
    const [before = '', after = ''] = io.out().split(/\nExamples:\n[^]*?(?=\n\n|$)/);
    for (const line of `${before}\n${after}`.split('\n')) assert.ok(isFitting(line), line);
  });
});
