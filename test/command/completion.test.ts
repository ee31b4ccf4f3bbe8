import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { COMMANDS } from '../../command/commands.ts';
import { main } from '../../command/run.ts';
import { fakeIo } from './fake-io.ts';

describe('gateway-saga completion', function () {
  this.timeout(30_000);
  const scriptFor = async (shell: string) => {
    const io = fakeIo();
    assert.equal(await main(['completion', shell], io), 0);
    return io.out();
  };
  const helpOf = async (command: string) => {
    const io = fakeIo();
    await main(['help', command], io);
    return io.out();
  };
  let script: string;
  before(async () => (script = await scriptFor('bash')));

  /** What a real bash offers behind these words; the last one is being written. */
  const offered = (...words: string[]): string[] => {
    const line = ['gateway-saga', ...words];
    const quoted = line.map((word) => `'${word}'`).join(' ');
    const asked = `${script}
compopt() { echo "files"; }
COMP_WORDS=(${quoted})
COMP_CWORD=${line.length - 1}
_gateway_saga
printf '%s\\n' "\${COMPREPLY[@]}"`;
    const { status, stdout, stderr } = spawnSync('bash', ['--norc', '-eu'], {
      input: asked,
      encoding: 'utf8',
    });
    assert.equal(stderr, '');
    assert.equal(status, 0);
    return stdout.split('\n').filter((word) => word !== '');
  };

  it('offers every command', () => {
    assert.deepEqual(offered(''), [...COMMANDS.map(({ name }) => name), '--help', '--version']);
    assert.deepEqual(offered('st'), ['status']);
  });

  it('offers the actions, types and commands that an argument may be', () => {
    assert.deepEqual(offered('routers', 're'), ['release', 'retire', 'readmit']);
    assert.deepEqual(offered('status', 'vpn_'), ['vpn_gateway', 'vpn_interface']);
    assert.deepEqual(offered('config', 'put', 'static'), ['static_route']);
    assert.deepEqual(offered('config', 'get', 'edge_'), ['edge_router']);
    assert.deepEqual(offered('status', 'edge_'), []);
    assert.deepEqual(offered('list', '--type', 'static'), ['static_route']);
    assert.deepEqual(offered('routers', 'check', 'MX-1', '--for', 'static'), ['static_route']);
    assert.deepEqual(offered('help', 'compl'), ['completion']);
    assert.deepEqual(offered('completion', ''), ['bash', 'zsh', 'fish']);
  });

  it('counts neither options nor their values as arguments', () => {
    assert.deepEqual(offered('status', '--json', 'static'), ['static_route']);
    assert.deepEqual(offered('status', '--temporal-address', 'there:7233', 'static'), ['static_route']);
    assert.deepEqual(offered('status', 'static_route', 'static'), ['files']);
  });

  it('takes words that readline has broken at ":" and "=" as they were written', () => {
    assert.deepEqual(offered('status', '--etcd', '127.0.0.1', ':', '2379', 'static'), ['static_route']);
    assert.deepEqual(offered('status', '--etcd', '=', '127.0.0.1', ':', '2379', 'static'), ['static_route']);
    assert.deepEqual(offered('list', '--type', '=', 'static'), ['static_route']);
    assert.deepEqual(offered('list', '--type', '=', ''), offered('list', '--type', ''));
    assert.deepEqual(offered('list', '--templates', '=', ''), ['files']);
  });

  it('offers files where it knows nothing else', () => {
    assert.deepEqual(offered('apply', '--file', ''), ['files']);
    assert.deepEqual(offered('config', 'put', 'vpn_gateway', 'id', ''), ['files']);
  });

  for (const { name } of COMMANDS)
    it(`offers each option of ${name}`, async () => {
      const known = offered(name, '--');
      const [usage = ''] = (await helpOf(name)).split('\nExamples:');
      const named = Array.from(usage.matchAll(/^ {2}(?:-h, )?(--[a-z0-9-]+)/gm), ([, option = '']) => option);
      assert.ok(named.includes('--help'));
      assert.deepEqual(
        named.filter((option) => !known.includes(option)),
        [],
      );
    });

  it('is taken by bash as it is', () => {
    const asked = `${script}\ncomplete -p gateway-saga`;
    const { stdout, stderr } = spawnSync('bash', ['--norc'], { input: asked, encoding: 'utf8' });
    assert.equal(stdout + stderr, 'complete -F _gateway_saga gateway-saga\n');
  });

  it('knows the same commands and options for zsh and fish', async () => {
    for (const shell of ['zsh', 'fish']) {
      const text = await scriptFor(shell);
      for (const { name } of COMMANDS) {
        assert.match(
          text,
          new RegExp(shell === 'zsh' ? `^ {4}${name}\\) _arguments ` : ` -f -a ${name} -d `, 'm'),
        );
        for (const option of offered(name, '--'))
          assert.ok(
            text.includes(
              shell === 'zsh' ? `'${option}` : `-n '__gateway_saga_is ${name}' -l ${option.slice(2)}`,
            ),
            `${shell}: ${name} ${option}`,
          );
      }
    }
  });

  // There is no zsh to run it in. In a file of $fpath zsh runs the whole script as the function of that file's name.
  it('answers the first completion of zsh where it is a file of $fpath', async () => {
    const [file] = /_gateway-saga"$/m.exec(await helpOf('completion')) ?? [];
    assert.equal(file, '_gateway-saga"');
    assert.match(
      await scriptFor('zsh'),
      /\nif \[\[ \$funcstack\[1\] == _gateway-saga \]\]; then\n {2}_gateway_saga "\$@"\nelse\n {2}compdef _gateway_saga gateway-saga\nfi\n$/,
    );
  });

  it('knows no other shell', async () => {
    const io = fakeIo();
    assert.equal(await main(['completion', 'tcsh'], io), 2);
    assert.match(io.err(), /^gateway-saga completion: expected bash, zsh or fish, got "tcsh"\n/);
  });
});
