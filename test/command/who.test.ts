import { ok, strictEqual, throws } from 'node:assert/strict';
import { hostname, userInfo } from 'node:os';
import { whoOf } from '../../command/who.ts';

describe('who does something', () => {
  it('is who --as names, else GATEWAY_SAGA_AS, else user and host', () => {
    strictEqual(whoOf('night shift', { GATEWAY_SAGA_AS: 'robot' }), 'night shift');
    strictEqual(whoOf(undefined, { GATEWAY_SAGA_AS: 'robot' }), 'robot');
    const own = whoOf(undefined, {});
    ok(`${userInfo().username}@${hostname()}`.startsWith(own.replace('…', '')), own);
  });

  it('is one line, and short', () => {
    strictEqual(whoOf(' alice\n\u001b[31m of  NOC', {}), 'alice [31m of NOC');
    strictEqual(whoOf('alice\u00a0and\u00a0bob', {}), 'alice\\u00a0and\\u00a0bob');
    throws(() => whoOf('', {}), /^UsageError: --as: expected a name of 1 to 80 characters, got ""$/);
    throws(
      () => whoOf(undefined, { GATEWAY_SAGA_AS: 'a'.repeat(81) }),
      /^UsageError: GATEWAY_SAGA_AS: expected/,
    );
  });
});
