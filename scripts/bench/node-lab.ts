/** Starts a node with real BIRD 2 and ten established sessions, tells where it is as JSON, and ends with its standard input. */
import { startLab } from '../../test/testbed/bird-lab.ts';
import { manyPeers } from '../../test/testbed/bird-networks.ts';

const PEERS = 10;

const network = manyPeers(2, PEERS, PEERS);
const lab = await startLab(network);
await lab.established(network.node.sessions.map(({ name }) => name));
console.log(JSON.stringify({ enter: lab.enter, socket: `${lab.run}/bird.ctl` }));
await Bun.stdin.text();
lab.stop();
