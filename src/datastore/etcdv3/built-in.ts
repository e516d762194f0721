export { builtInProfile, isBuiltIn } from '../built-in.ts';
