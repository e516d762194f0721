import { type Ground, groundOf } from '../explain/room.ts';
import type { Survey } from '../survey/survey.ts';

const grounds = new WeakMap<Survey, Ground>();

/** Where there is room, with every resting address counted as free: it soon will be. */
export function roomyGround(survey: Survey): Ground {
  const known = grounds.get(survey) ?? groundOf(survey, ({ states }) => states.length, new Date());
  grounds.set(survey, known);
  return known;
}
