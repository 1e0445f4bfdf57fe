// A peer: Socket.IO alone. It keeps nothing and checks nobody; it only passes words on.
// node socketio_server.mjs PORT FOLDER, where FOLDER/node_modules holds socket.io.
import { createServer } from "node:http";
import { createRequire } from "node:module";

const [port, folder] = process.argv.slice(2);
const { Server } = createRequire(`${folder}/`)("socket.io");
const http = createServer();
const io = new Server(http, { transports: ["websocket"] });
const said = new Map();

io.on("connection", (socket) => {
  const { room } = socket.handshake.query;
  socket.join(room);
  socket.on("m", (message) => {
    if (message.type === "hello") socket.emit("m", { type: "welcome", epoch: "" });
    if (message.type !== "segment.final") return;
    const seq = (said.get(room) ?? 0) + 1;
    said.set(room, seq);
    socket.emit("m", { type: "ack", client_seq: message.client_seq, seq });
    io.to(room).emit("m", { type: "event", kind: "segment.final", seq, text: message.text });
  });
});
http.listen(Number(port), "127.0.0.1");
