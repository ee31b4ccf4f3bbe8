import assert from 'node:assert/strict';
import { ParameterError } from '../../templates/errors.ts';
import { maximumNesting, maximumTemplate, TemplateSyntaxError } from '../../templates/parse-template.ts';
import { compileTemplate, values } from '../../templates/template.ts';

const given = new Map<string, unknown>(
  Object.entries({ a: 'x', b: 'y z', n: 5, none: null, empty: '', config: 'mtu 1500;' }),
);
const rendered = (source: string): string => compileTemplate(source).render(given, values);

describe("the templates' language", () => {
  for (const [source, expected] of [
    ['unit {{n}};', 'unit 5;'],
    ['{{a}}', 'x'],
    ['{{ b }};', '"y z";'],
    ['x [ {{a}} {{b}} ];', 'x [ x "y z" ];'],
    ['{{a}}.{{n}}', 'x.5'],
    ['description {{text b}};', 'description "y z";'],
    ['{\n  {{configuration config}}\n}', '{\n  mtu 1500;\n\n}'],
    ['{ {{configuration empty}} {{configuration none}} }', '{   }'],
    ['{{#if a}} yes {{a}} {{else}} no {{/if}}', ' yes x '],
    ['{{#if none}} yes {{else}} no {{/if}}', ' no '],
    ['{{#unless empty}} none {{/unless}}', ' none '],
    ['{{#if a}}\n{{#if n}}\nboth;\n{{/if}}\n{{/if}}\n', 'both;\n'],
    ['{{! nothing }}z', 'z'],
    ['{{!-- }} --}}z', 'z'],
    ['"quoted text" {{a}};', '"quoted text" x;'],
  ] as const) {
    it(`reads ${JSON.stringify(source)}`, () => assert.equal(rendered(source), expected));
  }

  it('says which parameters it mentions, also in what is not rendered', () => {
    assert.deepEqual(
      [...compileTemplate('{{a}} {{#if b}} {{text c}} {{else}} {{configuration d}} {{/if}}').mentions],
      ['a', 'b', 'c', 'd'],
    );
  });

  for (const source of [
    '{{a.b}}',
    '{{../a}}',
    '{{this}}',
    '{{@root}}',
    '{{@index}}',
    '{{[a b]}}',
    '{{a-b}}',
    '{{A}}',
    '{{"a"}}',
    '{{5}}',
    '{{true}}',
    '{{{a}}}',
    '{{&a}}',
    '{{lookup a b}}',
    '{{log a}}',
    '{{text a b}}',
    '{{text a x=1}}',
    '{{text (text a)}}',
    '{{helperMissing a}}',
    '{{#each a}}x{{else}}y{{/each}}',
    '{{#each a b}}x{{/each}}',
    '{{#is a}}x{{/is}}',
    '{{#is a b}}x{{/is}}',
    '{{#is "a" "b"}}x{{/is}}',
    '{{#is a 5}}x{{/is}}',
    '{{other}}{{this}}',
    '{{other this}}',
    '{{x{{secret a}}',
    'x{{secret a}}',
    '{{this.a}}',
    '{{#each a}}{{this.b}}{{/each}}',
    '{{#each a}}{{this/b}}{{/each}}',
    '{{#each a}}{{../a}}{{/each}}',
    '{{#each a as |b|}}{{b}}{{/each}}',
    '{{#with a}}x{{/with}}',
    '{{#if a b}}x{{/if}}',
    '{{#if (a)}}x{{/if}}',
    '{{#if a includeZero=true}}x{{/if}}',
    '{{#a}}x{{/a}}',
    '{{^a}}x{{/a}}',
    '{{> partial}}',
    '{{#> partial}}x{{/partial}}',
    '{{#*inline "x"}}y{{/inline}}',
    '{{* decorator}}',
    '{{constructor.constructor}}',
    'description "{{a}}";',
    'description "x {{a}} y";',
    'x{{text a}}',
    '{{configuration a}}x',
    '{{configuration a}}{{configuration b}}',
    '{{#if a}}',
    '{{/if}}',
    '{{',
    '{{a',
    '{{a}',
  ]) {
    it(`refuses ${source}`, () => {
      assert.throws(() => rendered(source), TemplateSyntaxError);
    });
  }

  for (const source of ['x{{b}};', '{{b}}.5', '{{b}}{{a}}', '{{a}}{{b}}', '{{#if a}}{{b}}{{/if}}']) {
    it(`refuses a value that needs quotes where it is joined: ${source}`, () => {
      assert.throws(() => rendered(source), ParameterError);
    });
  }

  it('says what is wrong in a line that a terminal can show', () => {
    for (const source of [
      '{{#a}}{{/\u0014}}',
      '{{#\u0007 a}}{{/\u0007}}',
      `{{#${'a'.repeat(5_000)} b}}{{/x}}`,
      '{{a}',
    ]) {
      assert.throws(
        () => rendered(source),
        ({ message }: Error) => message.length < 300 && !/\p{Cc}/u.test(message),
      );
    }
  });

  it('has a length and a depth beyond which it is refused', () => {
    const nested = (levels: number) => `${'{{#if a}}'.repeat(levels)}x${'{{/if}}'.repeat(levels)}`;
    assert.equal(rendered(nested(maximumNesting)), 'x');
    assert.throws(() => rendered(nested(maximumNesting + 1)), TemplateSyntaxError);
    // The parser itself would take seconds for these.
    assert.throws(() => rendered(nested(3_000)), /^TemplateSyntaxError: more than 32 blocks in each other$/);
    assert.throws(() => rendered('x'.repeat(maximumTemplate + 1)), /at most 65536 characters, got 65537/);
  });

  for (const [what, nested] of [
    ['inverse blocks', (levels: number) => '{{^a}}'.repeat(levels) + '{{/a}}'.repeat(levels)],
    ['{{else if}}', (levels: number) => `{{#if a}}${'{{else if a}}'.repeat(levels)}{{/if}}`],
    ['parentheses', (levels: number) => `{{a ${'(a '.repeat(levels)}${')'.repeat(levels)}}}`],
    ['blocks behind tags that look like ends', (levels: number) => '{{#if a}}\\{{/if}}'.repeat(levels)],
  ] as const)
    it(`refuses what the parser would take seconds for: ${what}`, () => {
      const expected = /^TemplateSyntaxError: expected at most 1000 blocks and parentheses, got [34]\d{3}$/;
      assert.throws(() => rendered(nested(3_000)), expected);
    });

  it('may have as many blocks and parentheses as fit on many pages', () => {
    assert.equal(rendered('{{#if a}}{{else}}({{/if}}'.repeat(500)), '');
  });

  it('never sees what a value inherits', () => {
    assert.throws(() => rendered('{{constructor}}'), ParameterError);
    assert.throws(() => rendered('{{__proto__}}'), TemplateSyntaxError);
  });
});
