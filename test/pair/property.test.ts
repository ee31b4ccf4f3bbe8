import { assertEverySagaIsAnswered } from './property.ts';

/** With `npm run test:chaos`; `npm test` runs `property-first.test.ts`. */
describe('a pair in a world where anything may happen', () => {
  it('answers every saga in the end, and every answer is true: 3,000 histories', function () {
    this.timeout(120_000);
    assertEverySagaIsAnswered(3_000, 256);
  });

  it('answers every saga in the end, and every answer is true, where one member may wait and others wait at the door', function () {
    this.timeout(120_000);
    assertEverySagaIsAnswered(3_000, 1);
  });
});
