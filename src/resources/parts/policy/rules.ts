import { globalPolicyName, namespacedPolicyName } from '../../names.ts';
import { matchRules, servicesNamespace } from './matchrules.ts';
import { packetRules } from './packetrules.ts';
import { deletionIsBare, hintsOnce, hostPolicyRules, noGlobal, typesOnce } from './specrules.ts';

/** The rules of each tiered policy kind, in the order in which their faults are told. */

const shared = [typesOnce, hintsOnce, noGlobal, ...packetRules, ...matchRules];
const deletion = deletionIsBare('CAL1170', ['tier']);

export const namespacedPolicyRules = [namespacedPolicyName, ...shared];
export const globalPolicyRules = [globalPolicyName, ...hostPolicyRules, ...shared, servicesNamespace];
export const stagedNamespacedPolicyRules = [deletion, ...namespacedPolicyRules];
export const stagedGlobalPolicyRules = [deletion, ...globalPolicyRules];
