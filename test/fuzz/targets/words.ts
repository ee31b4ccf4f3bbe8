/** Values on their way into configuration, and the templates that they go into. */
import assert from 'node:assert/strict';
import { parse } from '../../../junos/parse.ts';
import { print } from '../../../junos/print.ts';
import { ParameterError } from '../../../templates/errors.ts';
import { TemplateSyntaxError } from '../../../templates/parse-template.ts';
import { compileTemplate, placeholders, values } from '../../../templates/template.ts';
import { configurationText, nameWord, textWord } from '../../../templates/word.ts';
import { attempt, repeated, type Target } from '../target.ts';
import { junos } from './junos.ts';

/** The word that a text is read as at a place for one word; `undefined`: it is read as something else. */
function wordOf(text: string): string | undefined {
  const [first, ...more] = parse(`x { y ${text} z; }`);
  const [inside, ...others] = first?.children ?? [];
  const isOne = more.length + others.length === 0 && inside?.words.length === 3 && inside.list === undefined;
  return isOne && inside.words[0] === 'y' && inside.words[2] === 'z' ? inside.words[1] : undefined;
}

export const words: Target = {
  name: 'words',
  share: 5,
  make: (random) =>
    random.chance(0.3)
      ? junos.make(random)
      : Array.from({ length: random.whole(1, 4) }, () =>
          random.pick([
            'vrf_1',
            'ge-0/0/1.122',
            'a',
            ' ',
            'INET_IN',
            '10%',
            'x:',
            '5',
            '.',
            '/',
            'ä',
            "it's",
          ]),
        ).join(''),
  tokens: [...junos.tokens, '//', '/*', '*/', '::', '  ', '<*>', '{{a}}'],
  check(input) {
    for (const place of ['alone', 'joined'] as const) {
      const name = attempt([ParameterError], () => nameWord('p', input, place));
      if (name !== undefined) assert.equal(wordOf(name), input);
      if (name !== undefined && place === 'joined') assert.equal(wordOf(`a.${name}-b`), `a.${input}-b`);
    }
    const text = attempt([ParameterError], () => textWord('p', input));
    if (text !== undefined) assert.equal(wordOf(text), input);
    const free = attempt([ParameterError], () => configurationText('p', input));
    if (free === undefined) return;
    assert.equal(configurationText('p', free), free);
    const [block, ...more] = parse(`x { ${free} }`);
    assert.equal(more.length, 0);
    assert.equal(print(block?.children ?? []), free);
  },
  growing: [
    (size) => repeated('a ', size),
    (size) => repeated('a', size),
    (size) => repeated('a;', Math.min(size, 60_000)),
  ],
};

export const templates: Target = {
  name: 'templates',
  share: 0.6,
  make: (random) =>
    Array.from({ length: random.whole(1, 5) }, () =>
      random.pick([
        'interfaces { {{a}} { unit {{b}}; } }',
        '{{#if a}}x {{a}};{{else}}y;{{/if}}',
        '{{#unless b}}{{configuration c}}{{/unless}}',
        'description {{text b}};',
        '{{a}}.{{b}}',
        '"q"',
        '{{!-- no --}}',
        '\n',
      ]),
    ).join(''),
  tokens: [
    '{{',
    '}}',
    '{{{',
    '}}}',
    '{{#if a}}',
    '{{/if}}',
    '{{else}}',
    '{{#each a}}',
    '{{/each}}',
    '{{> p}}',
    '{{@root}}',
    '{{../a}}',
    '{{a.b}}',
    '{{__proto__}}',
    '{{constructor}}',
    '{{lookup a b}}',
    '{{a b=c}}',
    '{{this}}',
    '\\{{a}}',
    '{{[a b]}}',
    '{{"a"}}',
    '~',
    '"',
  ],
  check(input) {
    const template = attempt([TemplateSyntaxError], () => compileTemplate(input));
    if (template === undefined) return;
    for (const name of template.mentions) assert.match(name, /^[a-z][a-z0-9_]*$/);
    const given = new Map<string, unknown>(
      [...template.mentions].map((name) => [name, name === 'c' ? 'd;' : 'v1']),
    );
    attempt([ParameterError], () => template.render(given, values));
    template.render(given, placeholders);
  },
  growing: [
    // Blocks in blocks are left out: Handlebars's work grows with the square of their depth. That is why a template's length has a bound.
    (size) => repeated('{{#if a}}x;{{/if}}', size),
    (size) => repeated('{{a}} ', size),
  ],
};
