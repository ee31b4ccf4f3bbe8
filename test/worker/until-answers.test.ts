import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import { untilAnswers } from '../../worker/until-answers.ts';

describe('what a worker needs at its start', () => {
  const waiting = (more: Partial<Parameters<typeof untilAnswers>[1]> = {}) => {
    const words: string[] = [];
    const ended = new AbortController();
    const warn = (text: string) => void words.push(text);
    return { words, ended, options: { name: 'etcd', warn, signal: ended.signal, pauseMs: 1, ...more } };
  };

  it('is not spoken of if it answers', async () => {
    const { words, options } = waiting();
    assert.equal(await untilAnswers(async () => 1, options), 1);
    assert.deepEqual(words, []);
  });

  it('is warned of once if it is away, and told when it is back', async () => {
    const { words, options } = waiting();
    let tries = 0;
    const ask = async () => {
      tries += 1;
      if (tries < 4) throw new Error('away');
      return tries;
    };
    assert.equal(await untilAnswers(ask, options), 4);
    assert.deepEqual(words, [
      'etcd does not answer (away): this worker does nothing until it does',
      'etcd answers',
    ]);
  });

  it('is warned of if it says nothing', async () => {
    const { words, options } = waiting({ silenceMs: 5 });
    const answers = new EventEmitter();
    const asked = untilAnswers(() => once(answers, 'answer'), options);
    while (words.length === 0) await new Promise((resolve) => setTimeout(resolve, 1));
    assert.match(words[0] ?? '', /^etcd does not answer \(nothing within /);
    answers.emit('answer', 1);
    assert.deepEqual(await asked, [1]);
  });

  it('is not waited for where waiting can not help', async () => {
    const { words, options } = waiting({ refusal: async () => new Error('no') });
    await assert.rejects(
      untilAnswers(() => Promise.reject(new Error('away')), options),
      /^Error: no$/,
    );
    assert.deepEqual(words, []);
  });

  it('is not waited for any more when the worker ends, even without an answer', async () => {
    const { ended, options } = waiting();
    const asked = untilAnswers(() => new Promise(() => {}), options);
    ended.abort();
    await assert.rejects(asked, { name: 'AbortError' });
  });
});
