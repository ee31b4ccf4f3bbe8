import { corpusOf } from './corpus.ts';
import { failure } from './run.ts';
import { TARGETS } from './targets/index.ts';

describe('what once was found by fuzzing', () => {
  for (const target of TARGETS) {
    for (const { name, input } of corpusOf(target.name)) {
      it(`as input of ${target.name} breaks no promise: ${name}`, async () => {
        const error = await failure(target, input);
        if (error !== undefined) throw error;
      });
    }
  }
});
