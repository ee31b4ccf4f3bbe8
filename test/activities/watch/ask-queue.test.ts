import assert from 'node:assert/strict';
import { AskQueue } from '../../../activities/watch/ask-queue.ts';

/** Takes up to `places` ids out of the queue, as if no saga ended meanwhile. */
function take(queue: AskQueue, most: number, places: number, underWay = new Map<string, number>()): string[] {
  const taken: string[] = [];
  while (taken.length < places) {
    const id = queue.next(underWay, most);
    if (id === undefined) break;
    const group = id.split(' ')[0] ?? '';
    underWay.set(group, (underWay.get(group) ?? 0) + 1);
    taken.push(id);
  }
  return taken;
}

function queueOf(counts: Readonly<Record<string, number>>): AskQueue {
  const queue = new AskQueue();
  for (const [group, count] of Object.entries(counts))
    for (let number = 1; number <= count; number += 1) queue.add(`${group} ${number}`, group);
  return queue;
}

describe('the queue of what is to be asked for', () => {
  it('takes one of each pair before a second one of any', () => {
    const taken = take(queueOf({ a: 200, b: 2, c: 2 }), Infinity, 7);
    assert.deepEqual(taken, ['a 1', 'b 1', 'c 1', 'a 2', 'b 2', 'c 2', 'a 3']);
  });

  it('takes of the pair with the fewest under way, whoever came first', () => {
    const queue = queueOf({ a: 5, b: 5 });
    assert.deepEqual(take(queue, Infinity, 3, new Map([['a', 2]])), ['b 1', 'b 2', 'a 1']);
  });

  it('serves pairs in turn while each asks for one at a time', () => {
    const queue = queueOf({ a: 3, b: 3, c: 3 });
    const none = new Map<string, number>();
    const taken = Array.from({ length: 6 }, () => queue.next(none, 1));
    assert.deepEqual(taken, ['a 1', 'b 1', 'c 1', 'a 2', 'b 2', 'c 2']);
  });

  it('gives a pair no more than its share, and the others theirs', () => {
    const queue = queueOf({ a: 9, b: 1 });
    assert.deepEqual(take(queue, 3, 9), ['a 1', 'b 1', 'a 2', 'a 3']);
    assert.equal(queue.size, 6);
  });

  it('has each once, and not what was removed', () => {
    const queue = queueOf({ a: 2 });
    queue.add('a 1', 'a');
    queue.add('a 2', 'b');
    assert.equal(queue.size, 2);
    queue.remove('a 1');
    queue.remove('a 3');
    assert.deepEqual([...queue.ids], ['a 2']);
    assert.equal(queue.next(new Map([['b', 1]]), 1), undefined);
    assert.equal(queue.next(new Map(), 1), 'a 2');
    assert.equal(queue.next(new Map(), 1), undefined);
  });
});
