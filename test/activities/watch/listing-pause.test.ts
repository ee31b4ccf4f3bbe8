/** How often the watch lists: etcd has all of `/config` to send each time. */
import assert from 'node:assert/strict';
import { setTimeout } from 'node:timers/promises';
import { ConfigWatch } from '../../../activities/watch/config-watch.ts';
import type { ConfigWatchOptions } from '../../../activities/watch/config-watch.ts';
import type { Entry } from '../../../etcd/client.ts';
import type { Doubt } from '../../../etcd/watch-stream.ts';
import { DEFAULT_WATCH_POLICY } from '../../../gateway/config-watch.ts';

/** A stream that ends at once, in doubt whether it has told everything. */
function inDoubt(): AsyncGenerator<readonly Entry[], Doubt> {
  const ended = { done: true as const, value: 'etcd has gone back to revision 1' };
  const stream = {
    next: async () => ended,
    return: async () => ended,
    [Symbol.asyncIterator]: () => stream,
  };
  return stream as unknown as AsyncGenerator<readonly Entry[], Doubt>;
}

describe('the listings of the watch', () => {
  it('pause while every stream ends at once, as that of a member does which lags behind', async () => {
    let listings = 0;
    const options = {
      store: { publishedKinds: async () => [] },
      watched: {
        templates: '/templates/',
        list: async () => {
          listings += 1;
          await setTimeout(5);
          return { revision: '2', cluster: '1' };
        },
        follow: inDoubt,
      },
      kinds: Object.assign(new Map(), { neighbours: new Map() }),
      policy: DEFAULT_WATCH_POLICY,
      client: {},
      asked: 0,
      fresh: () => undefined,
      tell: () => undefined,
      now: () => Date.now(),
    } as unknown as ConfigWatchOptions;
    const over = new AbortController();
    const ended = new ConfigWatch(options).run(over.signal);
    await setTimeout(1_500);
    over.abort();
    await ended;
    assert.ok(listings === 2 || listings === 1, `${listings} listings in 1.5 s`);
  });
});
