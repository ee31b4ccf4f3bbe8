import { messageOf } from '../gateway/display.ts';
import type { Kind, Mapping, MonitorRule } from '../gateway/kind.ts';
import { ROLES, type ResourceSchema, type Role } from '../gateway/resource.ts';
import { digestOf } from './digest.ts';
import { KindError } from './errors.ts';
import { compileTemplate, type Template } from './template.ts';
import { mayBeList, mayBeOne, usesOf } from './uses.ts';
import { isFromOwnSecret, mappingsOf, visibleNames } from './visible.ts';

/** A kind's templates, compiled. */
export interface CompiledKind {
  readonly create: Template;
  readonly arrange: Template;
  readonly remove: Template;
  readonly owns: readonly Template[];
  readonly monitors: readonly CompiledMonitor[];
}

export interface CompiledMonitor extends Pick<MonitorRule, 'role' | 'each'> {
  readonly name: Template;
  readonly word?: Template;
  readonly interface?: Template;
  readonly counters: readonly { readonly filter: Template; readonly counter: Template }[];
  readonly vrrp?: { readonly interface: Template; readonly group: Template };
  readonly bgp?: { readonly instance: Template; readonly peer: Template };
  readonly route?: { readonly instance: Template; readonly destination: Template };
}

const maximumCached = 64;
const byDigest = new Map<string, CompiledKind>();
const byKind = new WeakMap<Kind, CompiledKind>();

/** The compiled templates of a kind. They are compiled once per digest. Throws {@link KindError}. */
export function compiled(kind: Kind): CompiledKind {
  const known = byKind.get(kind);
  if (known !== undefined) return known;
  const digest = digestOf(kind);
  const found = byDigest.get(digest) ?? compileKind(kind, kind.resourceType);
  byKind.set(kind, found);
  byDigest.set(digest, found);
  const [oldest] = byDigest.keys();
  if (byDigest.size > maximumCached && oldest !== undefined) byDigest.delete(oldest);
  return found;
}

/**
 * Compiles every template, and checks that each parameter that a template mentions exists for both roles. `file`: for messages. Throws {@link KindError}.
 */
export function compileKind(kind: Kind, file: string): CompiledKind {
  const compiling = new Compiling(kind, file);
  return {
    create: compiling.template('create', kind.create, { mayHaveSecrets: true }),
    arrange: compiling.template('arrange', kind.arrange),
    remove: compiling.template('remove', kind.remove),
    owns: kind.owns.map((owned, at) => compiling.template(`owns[${at}]`, owned)),
    monitors: kind.monitors.map((rule, at) => compiling.monitor(`monitors[${at}]`, rule)),
  };
}

interface Place {
  /** The only router that the text is for. */
  readonly role?: Role | undefined;
  /** Whether the text is for one entry of a list. */
  readonly isEntry?: boolean;
  readonly mayHaveSecrets?: boolean;
}

class Compiling {
  private readonly file: string;
  private readonly names: readonly { readonly role: Role; readonly names: ReadonlyMap<string, string> }[];

  private readonly mappings: Readonly<Record<string, Mapping>>;
  private readonly schema: ResourceSchema;

  constructor(kind: Kind, file: string) {
    this.file = file;
    this.mappings = mappingsOf(kind);
    this.schema = kind.schema;
    this.names = ROLES.map((role) => ({ role, names: visibleNames(kind, role) }));
  }

  template(field: string, source: string, place: Place = {}): Template {
    let template: Template;
    try {
      template = compileTemplate(source, place.isEntry);
    } catch (cause) {
      throw new KindError(this.file, field, 'a template', messageOf(cause), { cause });
    }
    for (const mention of template.mentions) this.assertVisible(field, mention, place);
    const { asList, asOne } = usesOf(template.parts);
    for (const mention of asList) this.assertList(field, mention, place);
    for (const mention of asOne) this.assertOne(field, mention, place);
    return template;
  }

  monitor(field: string, rule: MonitorRule): CompiledMonitor {
    const { role, each, word, interface: unit, counters = [], vrrp, bgp, route } = rule;
    if (each !== undefined) this.assertVisible(`${field}.each`, each, { role });
    if (each !== undefined) this.assertList(`${field}.each`, each, { role });
    const read = (name: string, source: string) =>
      this.template(`${field}.${name}`, source, { role, isEntry: each !== undefined });
    return {
      ...(role && { role }),
      ...(each !== undefined && { each }),
      name: read('name', rule.name),
      ...(word !== undefined && { word: read('word', word) }),
      ...(unit !== undefined && { interface: read('interface', unit) }),
      counters: counters.map(({ filter, counter }, at) => ({
        filter: read(`counters[${at}].filter`, filter),
        counter: read(`counters[${at}].counter`, counter),
      })),
      ...(vrrp && {
        vrrp: {
          interface: read('vrrp.interface', vrrp.interface),
          group: read('vrrp.group', vrrp.group),
        },
      }),
      ...(bgp && { bgp: { instance: read('bgp.instance', bgp.instance), peer: read('bgp.peer', bgp.peer) } }),
      ...(route && {
        route: {
          instance: read('route.instance', route.instance),
          destination: read('route.destination', route.destination),
        },
      }),
    };
  }

  private assertVisible(field: string, mention: string, { role, mayHaveSecrets = false }: Place): void {
    const isNamedSecret = mention.startsWith('secret ');
    if (isNamedSecret && !mayHaveSecrets)
      throw new KindError(this.file, field, 'secrets in create only', `{{${mention}}}`);
    const lacking = this.names.find((one) => (role ?? one.role) === one.role && !one.names.has(mention));
    if (lacking !== undefined)
      throw new KindError(this.file, field, `parameters that the ${lacking.role}'s rendering has`, mention);
    const isSecret = this.meant(mention, role).some((mapping) => isFromOwnSecret(mapping, this.schema));
    if (isSecret && !isNamedSecret)
      throw new KindError(this.file, field, 'a parameter that is no secret', `'${mention}'`);
  }

  private assertList(field: string, mention: string, { role }: Place): void {
    if (!this.meant(mention, role).every(mayBeList))
      throw new KindError(this.file, field, 'a list parameter', `'${mention}', which has one value`);
  }

  private assertOne(field: string, mention: string, { role }: Place): void {
    if (!this.meant(mention, role).every(mayBeOne))
      throw new KindError(this.file, field, 'a parameter with one value', `'${mention}', which is a list`);
  }

  /** The mapping of what is mentioned, for each role that the text is for. There is none for `this`. */
  private meant(mention: string, role: Role | undefined): readonly Mapping[] {
    return this.names
      .filter((one) => (role ?? one.role) === one.role)
      .flatMap(({ names }) => this.mappings[names.get(mention) ?? ''] ?? []);
  }
}
