/**
 * Rules that hold for every document, whatever its kind: what the reader, the decoder, the schemas and the metadata ask.
 * Rules of single kinds stand with the kind (CAL1xxx), rules about several objects and lint in src/validation
 * (CAL18xx, CAL2xxx). Ids are stable for ever; explanations and examples are in rulebook/.
 */
export interface StructureRule {
  readonly id: string;
  /** What must hold, in one sentence. */
  readonly doc: string;
}

/** Reading and decoding. */
export const READING = {
  file: { id: 'CAL0001', doc: 'Files and folders can be read.' },
  syntax: { id: 'CAL0002', doc: 'Documents are valid YAML or JSON.' },
  duplicateKey: { id: 'CAL0003', doc: 'A mapping has each key once.' },
  resource: { id: 'CAL0004', doc: 'A document is a resource, or a list of them.' },
  kind: { id: 'CAL0005', doc: 'The kind and its apiVersion are known.' },
  readOnly: { id: 'CAL0006', doc: 'Kinds that only show objects of another API are not written.' },
  listItem: { id: 'CAL0007', doc: 'The items of a list are of its kind.' },
  empty: { id: 'CAL0008', doc: 'Files and folders have resources in them.' },
  stored: { id: 'CAL0009', doc: 'What the datastore holds can be decoded.' },
  unknownField: { id: 'CAL0010', doc: 'Every field is one that the kind has at this place.' },
  twice: { id: 'CAL0011', doc: 'A field is given once, in one letter case.' },
  type: { id: 'CAL0012', doc: 'A value has the JSON type of its field.' },
} as const satisfies Record<string, StructureRule>;

/** Keywords of schemas. */
export const KEYWORDS = {
  required: { id: 'CAL0013', doc: 'Required fields are given.' },
  enum: { id: 'CAL0014', doc: 'A field of a few words has one of them.' },
  range: { id: 'CAL0015', doc: 'Numbers are in the range of their field.' },
  length: { id: 'CAL0016', doc: 'Texts are no longer than their field takes.' },
  items: { id: 'CAL0017', doc: 'Lists and objects have as many items as their field takes.' },
  pattern: { id: 'CAL0018', doc: 'Texts have the form of their field.' },
} as const satisfies Record<string, StructureRule>;

/** Forms of values, by form or format name (forms.ts, formats.ts). */
export const FORMS = {
  port: { id: 'CAL0020', doc: 'A port is a number, a range or a name.' },
  protocol: { id: 'CAL0021', doc: 'A protocol is a number or one of six names.' },
  asn: { id: 'CAL0022', doc: 'An AS number has 32 bits.' },
  duration: { id: 'CAL0023', doc: 'A duration has a unit.' },
  dscp: { id: 'CAL0024', doc: 'A DSCP value is a number or a name.' },
  time: { id: 'CAL0025', doc: 'A time is written as RFC 3339 has it.' },
  cidr: { id: 'CAL0030', doc: 'A CIDR is an address, a slash and a prefix length.' },
  net: { id: 'CAL0031', doc: 'A network has no host bits; a single address stands for itself.' },
  cidrOrIp: { id: 'CAL0034', doc: 'A range is a CIDR or an address.' },
  cidrv4: { id: 'CAL0035', doc: 'An IPv4 address stands alone or with its prefix length.' },
  cidrv6: { id: 'CAL0036', doc: 'An IPv6 address stands alone or with its prefix length.' },
  ip: { id: 'CAL0037', doc: 'An address is IPv4 or IPv6.' },
  ipv4: { id: 'CAL0038', doc: 'An IPv4 address has four numbers up to 255.' },
  ipv6: { id: 'CAL0039', doc: 'An IPv6 address is written as RFC 4291 has it.' },
  ipPort: { id: 'CAL0040', doc: 'The address of a BGP peer is an IP, alone or with a port.' },
  reachableBy: { id: 'CAL0041', doc: 'The gateway to a BGP peer is an address.' },
  interface: { id: 'CAL0042', doc: 'An interface is named as the kernel names it, or is "*".' },
  ignoredInterface: { id: 'CAL0043', doc: 'An ignored interface is a name or a pattern, but not "*" alone.' },
  bgpFilterInterface: { id: 'CAL0044', doc: 'An interface of a BGP filter is a name or a pattern.' },
  ifaceFilter: { id: 'CAL0045', doc: 'An interface of Felix is a name or a name and "+".' },
  prometheusHost: { id: 'CAL0046', doc: 'The host of metrics is a name or an address.' },
  keyValueList: { id: 'CAL0047', doc: 'A list of settings has "key=value" items.' },
  regexp: { id: 'CAL0048', doc: 'A regular expression is one in RE2 syntax.' },
  selector: { id: 'CAL0049', doc: 'A selector is an expression over labels.' },
  mac: { id: 'CAL0050', doc: 'A hardware address has 6, 8 or 20 bytes.' },
  wireguardPublicKey: { id: 'CAL0051', doc: 'A WireGuard key is base64 of 32 bytes.' },
  containerID: { id: 'CAL0052', doc: 'A container ID has letters, digits and inner dashes.' },
  portName: { id: 'CAL0053', doc: 'The name of a port is an IANA service name.' },
  name: { id: 'CAL0054', doc: 'A reference to an object is a name that an object can have.' },
  community: { id: 'CAL0055', doc: 'A BGP community has two or three numbers.' },
} as const satisfies Record<string, StructureRule>;

/** Names, namespaces, labels, annotations. */
export const METADATA = {
  nameRequired: { id: 'CAL0060', doc: 'A resource has a name.' },
  name: { id: 'CAL0061', doc: 'A name is a DNS subdomain of at most 253 characters.' },
  labelKey: { id: 'CAL0062', doc: 'The key of a label is a qualified name.' },
  labelValue: { id: 'CAL0063', doc: 'The value of a label has at most 63 characters of a few.' },
  annotationKey: { id: 'CAL0064', doc: 'The key of an annotation is a qualified name.' },
  annotationSize: { id: 'CAL0065', doc: 'Annotations have at most 256 KiB in all.' },
  noNamespace: { id: 'CAL0066', doc: 'Resources of the cluster are in no namespace.' },
  otherNamespace: {
    id: 'CAL0067',
    doc: 'A resource is in the namespace of the command, where that names one.',
  },
  singleton: { id: 'CAL0068', doc: 'Kinds of which a cluster has one object give it its one name.' },
  version: { id: 'CAL0069', doc: 'A resource to be created has no resourceVersion.' },
} as const satisfies Record<string, StructureRule>;

/** Between objects: of the input, and of the datastore where that is known. Each of them is looked at before a write. */
export const BETWEEN = {
  duplicate: { id: 'CAL1800', doc: 'An object is given once.' },
  poolOverlap: { id: 'CAL1801', doc: 'IP pools do not overlap.' },
  tier: { id: 'CAL1802', doc: 'The tier of a policy exists.' },
  poolBlocks: { id: 'CAL1803', doc: 'A new IP pool fits the blocks that are there.' },
  filters: { id: 'CAL1804', doc: 'The filters that a BGP peer names exist.' },
  builtInProfile: { id: 'CAL1805', doc: 'The profile projectcalico-default-allow is not written.' },
  kubernetesPolicy: {
    id: 'CAL1806',
    doc: 'Network policies that stand for those of Kubernetes are not written.',
  },
  version: { id: 'CAL1807', doc: 'A resourceVersion that is given is the stored one.' },
} as const satisfies Record<string, StructureRule>;

/** All of them but those between objects. */
export function structureRules(): readonly StructureRule[] {
  return [READING, KEYWORDS, FORMS, METADATA].flatMap((group) => Object.values(group));
}
