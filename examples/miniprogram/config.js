// Where the server is, and which campaign this mini-program shows.
module.exports = {
  // `acclaim demo` on this computer. A phone needs the public address, with https.
  origin: 'http://127.0.0.1:8080',
  campaign: 'demo',
};
