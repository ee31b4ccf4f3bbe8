import { assertEverySagaIsAnswered } from './property.ts';

/** The first histories of `property.test.ts`. */
describe('a pair in a world where much may happen', () => {
  it('answers every saga in the end, and every answer is true: 500 histories', function () {
    this.timeout(60_000);
    assertEverySagaIsAnswered(500, 256);
  });
});
