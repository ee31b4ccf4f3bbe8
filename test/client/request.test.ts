import assert from 'node:assert/strict';
import { InvalidRequestError } from '../../client/index.ts';
import { validRequest, type CreateRequest } from '../../client/request.ts';

describe('a request to create a gateway', () => {
  const good: CreateRequest = { resourceType: 'vpn_gateway', resourceId: '000-abc.1_2' };

  it('becomes the input of the workflow, without what else is in it', () => {
    const given = { ...good, version: 0, note: 'x' };
    assert.deepEqual(validRequest(given), { ...good, version: 0 });
  });

  it('has no version when none was given', () => {
    assert.deepEqual(validRequest({ ...good, version: undefined }), good);
  });

  const bad: [name: string, request: unknown, field: string][] = [
    ['nothing', null, 'request'],
    ['a string', 'vpn_gateway:1', 'request'],
    ['no type', { resourceId: '1' }, 'resourceType'],
    ['an empty type', { ...good, resourceType: '' }, 'resourceType'],
    ['a type with a slash', { ...good, resourceType: 'vpn/../x' }, 'resourceType'],
    ['a type with a colon', { ...good, resourceType: 'vpn:gateway' }, 'resourceType'],
    ['an overlong type', { ...good, resourceType: 'v'.repeat(64) }, 'resourceType'],
    ['no id', { resourceType: 'vpn_gateway' }, 'resourceId'],
    ['a number for an id', { ...good, resourceId: 7 }, 'resourceId'],
    ['an id with a slash', { ...good, resourceId: 'a/b' }, 'resourceId'],
    ['an id with a newline', { ...good, resourceId: 'a\n' }, 'resourceId'],
    ['an id with an escape', { ...good, resourceId: 'a\u001b[2J' }, 'resourceId'],
    ['an overlong id', { ...good, resourceId: 'a'.repeat(129) }, 'resourceId'],
    ['a negative version', { ...good, version: -1 }, 'version'],
    ['half a version', { ...good, version: 1.5 }, 'version'],
    ['a version as a string', { ...good, version: '1' }, 'version'],
    ['no number', { ...good, version: Number.NaN }, 'version'],
  ];
  for (const [name, request, field] of bad)
    it(`with ${name} is refused, naming ${field}`, () => {
      assert.throws(
        () => validRequest(request as CreateRequest),
        (error) => {
          assert(error instanceof InvalidRequestError);
          assert.equal(error.field, field);
          assert.match(error.message, new RegExp(`^${field}: expected .+, got .+`));
          return true;
        },
      );
    });

  it('is shown in printable ASCII and cut when it is refused', () => {
    const hostile = `\u001b[31m\u009b\u202e${'x'.repeat(1000)}`;
    assert.throws(
      () => validRequest({ ...good, resourceId: hostile }),
      (error: InvalidRequestError) => /^[\x20-\x7e]+$/.test(error.message) && error.message.length < 250,
    );
  });
});
