/** A request to create a gateway, as JSON. */
import assert from 'node:assert/strict';
import { readRequest } from '../../../gateway/request.ts';
import { shownValue } from '../../../gateway/validate.ts';
import { oneLine } from '../../../gateway/display.ts';
import { assertSame, assertShown, repeated, type Target } from '../target.ts';

export const request: Target = {
  name: 'request',
  share: 10,
  make: (random) => {
    const type = random.pick(['vpn_gateway', 'x', 'constructor', '__proto__', 'VPN', 'a/b', '']);
    const id = random.pick(['4fab-1', 'a.b', '..', '.', 'a/b', 'x'.repeat(128), 'x'.repeat(129), '\n']);
    const version = random.pick([0, 1, -1, 1.5, null, '1', 2 ** 53]);
    return JSON.stringify({ resourceType: type, resourceId: id, version });
  },
  tokens: [
    '"resourceType":',
    '"resourceId":',
    '"version":',
    '"__proto__":',
    'null',
    '1e999',
    '{',
    '}',
    '[',
    ']',
    '\\u0000',
    '/',
    ':',
    '"vpn_gateway"',
  ],
  check(input) {
    let given: unknown = input;
    try {
      given = JSON.parse(input);
    } catch {
      // Then the text itself is passed as the request, as a caller may do.
    }
    const read = readRequest(given);
    if (read.kind === 'problem') {
      assertShown(shownValue(read.got), 500);
      assertShown(oneLine(`${read.field}: expected ${read.expected}, got ${shownValue(read.got)}`), 500);
      return;
    }
    const { resourceType, resourceId, version } = read.request;
    assert.match(`${resourceType}:${resourceId}`, /^[a-z][a-z0-9_]*:[A-Za-z0-9][A-Za-z0-9_.-]*$/);
    assert.ok(version === undefined || (Number.isSafeInteger(version) && version >= 0));
    assertSame(
      Object.keys(read.request).sort(),
      version === undefined ? ['resourceId', 'resourceType'] : ['resourceId', 'resourceType', 'version'],
    );
    assertSame(readRequest(read.request), read);
  },
  growing: [(size) => JSON.stringify({ resourceType: repeated('a', size), resourceId: 'x' })],
};
