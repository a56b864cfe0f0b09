/** The only name that {@link OTHER_NAME_CERTIFICATE} is for. */
export const OTHER_NAME = 'attacker.example.net';

/** A self-signed certificate, with its key: for tests in which clients trust it, but mean another server. It protects nothing. */
export const OTHER_NAME_CERTIFICATE = {
  cert: `-----BEGIN CERTIFICATE-----
MIIBtjCCAVygAwIBAgIUE4z7TTjGJ5eBFVk95iipZjqrlGQwCgYIKoZIzj0EAwIw
HzEdMBsGA1UEAwwUYXR0YWNrZXIuZXhhbXBsZS5uZXQwIBcNMjYxMTMwMjAxMDAy
WhgPMjEyNjExMDYyMDEwMDJaMB8xHTAbBgNVBAMMFGF0dGFja2VyLmV4YW1wbGUu
bmV0MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE8Gm4Bq36SFjRc+5SveecZmvY
wa6xshVbOcfPoO5YMR3A3Mv6646n0vbva5tHZKsKYgQcpMuY09ysHtbtpaIooKN0
MHIwHQYDVR0OBBYEFPLX1KEzpGQCxM/+J7RVikGq8BnWMB8GA1UdIwQYMBaAFPLX
1KEzpGQCxM/+J7RVikGq8BnWMA8GA1UdEwEB/wQFMAMBAf8wHwYDVR0RBBgwFoIU
YXR0YWNrZXIuZXhhbXBsZS5uZXQwCgYIKoZIzj0EAwIDSAAwRQIhAJFciIjj0e9X
y/IJJLJgY1LhbNWxlkKf2D+wXx8NH+VOAiAdDUcn90t1kkdNMZ7TXOqcCn/znV5h
L3+RlVKarSHnEw==
-----END CERTIFICATE-----`,
  key: `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg8cVtFCpDFG5/fA8W
PXVJZ3HEPYwzu2WRQaedi9M5NRuhRANCAATwabgGrfpIWNFz7lK955xma9jBrrGy
FVs5x8+g7lgxHcDcy/rrjqfS9u9rm0dkqwpiBByky5jT3Kwe1u2loiig
-----END PRIVATE KEY-----`,
};
