import { startCamera } from './camera.ts';
import { startPicking } from './picking.ts';

/** Helps to look around in a drawing that is there without it. */

const graph = document.querySelector<SVGSVGElement>('#graph')!;
const search = document.querySelector<HTMLFormElement>('#search')!;
search.hidden = false;
search.addEventListener('submit', (event) => event.preventDefault());
startCamera(graph);
startPicking(graph, document.querySelector<HTMLElement>('#details')!, document.querySelector('#query')!);
document.documentElement.dataset['ready'] = 'yes';
