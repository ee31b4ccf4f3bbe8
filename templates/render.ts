/**
 * Renders the configuration of one gateway for one router. The text that the templates make is parsed and checked:
 *
 * R1 `create` is well-formed, without tags, and every leaf of it lies within an owned stanza.
 * R2 An owned stanza is one named entry, one leaf, or one entry of a leaf-list, and a value can't change what the words of its path mean.
 * R3 A routing instance takes only units that the gateway owns, and no interface of somebody else.
 * R4 `arrange` only sets, inserts and (de)activates within owned stanzas; `remove` deletes each owned stanza and nothing else.
 * R5 Addresses and AS numbers in `create` are in the form in which routers print them.
 */
import { messageOf } from '../gateway/display.ts';
import type { Kind, Monitor, Parameter, RouterConfiguration } from '../gateway/kind.ts';
import type { Role } from '../gateway/resource.ts';
import { rolesOf } from '../junos/model.ts';
import { parse } from '../junos/parse.ts';
import { likePlaceholder, mark } from '../junos/placeholders.ts';
import { print } from '../junos/print.ts';
import { paths, within } from '../junos/select.ts';
import { parseSet, printSet, type SetCommand } from '../junos/set.ts';
import { shown } from '../junos/syntax-error.ts';
import type { Path, Statement } from '../junos/tree.ts';
import { compiled, type CompiledKind, type CompiledMonitor } from './compile.ts';
import { ParameterError, TemplateError } from './errors.ts';
import { MONITORS_LIMIT } from './kind-schemas.ts';
import { assertOwnUnit, isStatement, spoken } from './owned.ts';
import { originOf, reprinted } from './printed-form.ts';
import { entriesOf, placeholders, values, type Template, type Values } from './template.ts';
import { visibleValues } from './visible.ts';
import { beyondAscii, firstTag, maximumName } from './word.ts';

/**
 * Renders the configuration for the router with this role. `parameters`: those of both jobs. Throws `ParameterError` when a value can't go
 * into a configuration, `TemplateError` when the rendered text breaks R1 to R4, `KindError` when a template can't be compiled.
 */
export function render(kind: Kind, role: Role, parameters: readonly Parameter[]): RouterConfiguration {
  const templates = compiled(kind);
  const job = new Rendering(kind.resourceType, visibleValues(parameters, role));
  const owns = job.owns(templates);
  return {
    create: job.create(templates, owns),
    arrange: job.arrange(templates, owns),
    remove: job.remove(templates, owns),
    owns,
    monitors: job.monitors(templates, role),
  };
}

class Rendering {
  private readonly resourceType: string;
  private readonly values: Values;

  constructor(resourceType: string, given: Values) {
    this.resourceType = resourceType;
    this.values = given;
  }

  owns({ owns }: CompiledKind): Path[] {
    const owned: Path[] = [];
    for (const template of owns) {
      const shapes = linesOf(template.render(this.values, placeholders));
      for (const [at, line] of linesOf(this.text('owns', template)).entries()) {
        const path = this.path('owns', line);
        const from = [...template.mentions].join(', ');
        const roles = rolesOf(path);
        if (!isStatement(roles)) throw this.wrong('owns', `${spoken(path)} is not one named entry or leaf`);
        const shape = rolesOf(this.path('owns', shapes[at] ?? ''));
        if (shape.join() !== roles.join())
          throw new ParameterError(from, 'names that are no keywords there', spoken(path));
        if (owned.some((other) => within(path, other) || within(other, path)))
          throw new ParameterError(
            from,
            'a stanza apart from the others of this gateway',
            `${spoken(path)} again`,
          );
        owned.push(path);
      }
    }
    return owned;
  }

  create({ create }: CompiledKind, owns: readonly Path[]): string {
    const statements = this.parsed('create', () => parse(this.text('create', create)));
    const tag = firstTag(statements);
    if (tag !== undefined) throw this.wrong('create', `it has the tag ${tag}:`);
    this.assertNoPlaceholder('create', statements, this.marks(create));
    const made = paths(statements);
    const outside = made.find((path) => !owns.some((owned) => within(path, owned)));
    if (outside !== undefined) throw this.wrong('create', `${spoken(outside)} is outside the owned stanzas`);
    const missing = owns.find((owned) => !made.some((path) => within(path, owned)));
    if (missing !== undefined)
      throw this.wrong('create', `it makes nothing at the owned stanza ${spoken(missing)}`);
    this.assertPrintedForms(create, statements);
    for (const [container, , keyword, name] of made) {
      if (container === 'routing-instances' && keyword === 'interface') assertOwnUnit(name ?? '', owns);
    }
    return print(statements);
  }

  arrange({ arrange }: CompiledKind, owns: readonly Path[]): string[] {
    return this.commands('arrange', arrange).map((command) => {
      if (command.verb === 'delete') throw this.wrong('arrange', 'it deletes');
      this.assertNoPlaceholder('arrange', [{ words: command.path }]);
      if (!owns.some((owned) => within(command.path, owned))) {
        throw this.wrong('arrange', `${spoken(command.path)} is outside the owned stanzas`);
      }
      return printSet(command);
    });
  }

  remove({ remove }: CompiledKind, owns: readonly Path[]): string[] {
    const commands = this.commands('remove', remove);
    const is = (path: Path) => (other: Path) => other.length === path.length && within(other, path);
    const odd = commands.find(({ verb, path }) => verb !== 'delete' || !owns.some(is(path)));
    if (odd !== undefined)
      throw this.wrong(
        'remove',
        `'${odd.verb}' of ${spoken(odd.path)} is not the deletion of an owned stanza`,
      );
    const left = owns.find((owned) => !commands.some(({ path }) => is(path)(owned)));
    if (left !== undefined) throw this.wrong('remove', `it leaves ${spoken(left)}`);
    return commands.map(printSet);
  }

  /** The monitors of this router, in the kind's order. A rule with `each` gives one monitor for each entry of that list. */
  monitors({ monitors }: CompiledKind, role: Role): RouterConfiguration['monitors'] {
    const rendered = monitors
      .filter((rule) => (rule.role ?? role) === role)
      .flatMap((rule) => {
        const { each } = rule;
        return each === undefined
          ? [this.monitor(rule)]
          : entriesOf(each, this.values.get(each)).map((entry) =>
              new Rendering(this.resourceType, new Map([...this.values, ['this', entry]])).monitor(rule),
            );
      });
    const twice = rendered.find(({ name }, at) => rendered.findIndex((one) => one.name === name) !== at);
    if (twice !== undefined) throw this.wrong('monitors', `the name ${twice.name} stands twice`);
    if (rendered.length > MONITORS_LIMIT)
      throw this.wrong('monitors', `at most ${MONITORS_LIMIT} are expected, there are ${rendered.length}`);
    return rendered;
  }

  private monitor({ name, word, interface: unit, counters, vrrp, bgp, route }: CompiledMonitor): Monitor {
    const write = (template: Template) => this.word('monitors', template);
    return {
      name: write(name),
      ...(word && { word: write(word) }),
      ...(unit && { interface: write(unit) }),
      counters: counters.map(({ filter, counter }) => ({ filter: write(filter), counter: write(counter) })),
      ...(vrrp && { vrrp: { interface: write(vrrp.interface), group: this.group(vrrp.group) } }),
      ...(bgp && { bgp: { instance: write(bgp.instance), peer: write(bgp.peer) } }),
      ...(route && {
        route: { instance: write(route.instance), destination: write(route.destination) },
      }),
    };
  }

  /** The number of a VRRP group. */
  private group(template: Template): number {
    const text = this.word('monitors', template);
    if (/^(?:0|[1-9][0-9]{0,2})$/.test(text) && Number(text) <= 255) return Number(text);
    throw new ParameterError(
      [...template.mentions].join(', '),
      'a VRRP group from 0 to 255',
      shown(text, maximumName),
    );
  }

  /** A word that looks like a placeholder would be taken for one, and a secret be put in its place. */
  private assertNoPlaceholder(
    template: string,
    statements: readonly Statement[],
    marks: readonly string[] = [],
  ): void {
    const found = likePlaceholder(statements, marks);
    if (found !== undefined)
      throw this.wrong(template, `expected no word with <secret:, got ${shown(found, maximumName)}`);
  }

  private assertPrintedForms(create: Template, statements: readonly Statement[]): void {
    const found = reprinted(statements);
    if (found === undefined) return;
    const { path, expected } = found;
    const from = originOf(path.at(-1) ?? '', [...create.mentions], this.values);
    if (from === undefined) throw this.wrong('create', `expected ${expected}, got ${spoken(path)}`);
    throw new ParameterError(from, expected, spoken(path));
  }

  /** The marks of the secrets that a template writes itself. */
  private marks(template: Template): string[] {
    return [...template.mentions]
      .filter((mention) => mention.startsWith('secret '))
      .map((mention) => this.values.get(mention))
      .filter((secret): secret is string => typeof secret === 'string')
      .map(mark);
  }

  private text(name: string, template: Template): string {
    const hidden = [...template.mentions].find((mention) => !this.values.has(mention));
    if (hidden !== undefined) throw this.wrong(name, `parameter ${hidden} is a secret, or was not given`);
    const rendered = template.render(this.values, values);
    const foreign = beyondAscii(rendered);
    if (foreign !== undefined) throw this.wrong(name, `expected ASCII text, got ${shown(foreign)}`);
    return rendered;
  }

  private commands(name: string, template: Template): SetCommand[] {
    return this.parsed(name, () => parseSet(this.text(name, template)));
  }

  private path(name: string, text: string): Path {
    const [command, ...more] = this.parsed(name, () => parseSet(`set ${text.trim()}`));
    if (command === undefined || more.length > 0) throw this.wrong(name, 'it is not one path');
    return command.path;
  }

  private word(name: string, template: Template): string {
    const [word, ...more] = this.path(name, this.text(name, template));
    if (word === undefined || more.length > 0) throw this.wrong(name, 'it is not one word');
    return word;
  }

  private parsed<T extends readonly SetCommand[] | readonly Statement[]>(name: string, read: () => T): T {
    try {
      return read();
    } catch (cause) {
      if (cause instanceof ParameterError || cause instanceof TemplateError) throw cause;
      throw this.wrong(name, messageOf(cause), { cause });
    }
  }

  private wrong(template: string, problem: string, options?: ErrorOptions): TemplateError {
    return new TemplateError(this.resourceType, template, problem, options);
  }
}

const linesOf = (text: string): string[] =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
