import assert from 'node:assert/strict';
import type { Connection } from '@temporalio/client';
import { encodeSearchAttributeIndexedValueType as indexedValueType } from '@temporalio/common/lib/search-attributes.js';
import { main } from '../../command/run.ts';
import { SEARCH_ATTRIBUTES } from '../../gateway/messages.ts';
import { clientFor, newNamespace, temporal } from '../client/temporal.ts';
import { fakeIo } from './fake-io.ts';

describe('gateway-saga setup', () => {
  let env: { readonly TEMPORAL_ADDRESS: string; readonly TEMPORAL_NAMESPACE: string };
  before(async function () {
    this.timeout(90_000);
    await temporal();
  });
  beforeEach(async () => {
    env = {
      TEMPORAL_ADDRESS: (await temporal()).address,
      TEMPORAL_NAMESPACE: await newNamespace('without attributes'),
    };
  });
  const setup = async () => {
    const io = fakeIo(env);
    const code = await main(['setup'], io);
    return { code, out: io.out(), err: io.err() };
  };
  const operator = async () =>
    ((await clientFor(env.TEMPORAL_NAMESPACE)).connection as Connection).operatorService;
  const all = Object.values(SEARCH_ATTRIBUTES);

  it('registers what is missing, and says what existed', async () => {
    const first = await setup();
    assert.equal(first.code, 0);
    assert.equal(
      first.out,
      all.map(({ name, type }) => `${name} ${type} registered in ${env.TEMPORAL_NAMESPACE}\n`).join(''),
    );
    const { customAttributes } = await (
      await operator()
    ).listSearchAttributes({
      namespace: env.TEMPORAL_NAMESPACE,
    });
    for (const { name, type } of all) assert.equal(customAttributes[name], indexedValueType(type));

    const second = await setup();
    assert.equal(second.code, 0);
    assert.equal(
      second.out,
      all.map(({ name, type }) => `${name} ${type} existed in ${env.TEMPORAL_NAMESPACE}\n`).join(''),
    );
  });

  it('says which one has another type, registers the others, and ends with 1', async () => {
    await (
      await operator()
    ).addSearchAttributes({
      namespace: env.TEMPORAL_NAMESPACE,
      searchAttributes: { GatewayVersion: indexedValueType('KEYWORD') as never },
    });
    const { code, out, err } = await setup();
    assert.equal(code, 1);
    assert.equal(
      err,
      `GatewayVersion: expected type INT in ${env.TEMPORAL_NAMESPACE}, got KEYWORD; changes go without it\n`,
    );
    assert.equal(out.match(/registered/g)?.length, all.length - 1);
  });
});
