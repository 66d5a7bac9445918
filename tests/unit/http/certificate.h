/* certificate.h -- for 127.0.0.1, self-signed; it protects nothing but tests. */
#pragma once

static const char certificate_key[] = "-----BEGIN PRIVATE KEY-----\n"
                                      "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg/dvHjr0SXtd1sNbr\n"
                                      "M4DKOPe1dKv9LrzxNTjPhEveczehRANCAAT53l4JBs0n/KzL8lRvyKw6f5En2YZX\n"
                                      "o9BjuHV5uQLwnzPtHE+XwfjirMDpXOAf7C2BmIzO5/fT7TutREa/0bFu\n"
                                      "-----END PRIVATE KEY-----\n";
static const char certificate[] = "-----BEGIN CERTIFICATE-----\n"
                                  "MIIBmjCCAUGgAwIBAgIUW4wKUfwkGeDp5gavHdvze+JbUiUwCgYIKoZIzj0EAwIw\n"
                                  "FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyMTA1NDEyMFoYDzIxMjYxMDI4\n"
                                  "MDU0MTIwWjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO\n"
                                  "PQMBBwNCAAT53l4JBs0n/KzL8lRvyKw6f5En2YZXo9BjuHV5uQLwnzPtHE+Xwfji\n"
                                  "rMDpXOAf7C2BmIzO5/fT7TutREa/0bFuo28wbTAdBgNVHQ4EFgQUep2xwAfRVtbN\n"
                                  "xcYrFL3sk1Hg4dUwHwYDVR0jBBgwFoAUep2xwAfRVtbNxcYrFL3sk1Hg4dUwDwYD\n"
                                  "VR0TAQH/BAUwAwEB/zAaBgNVHREEEzARgglsb2NhbGhvc3SHBH8AAAEwCgYIKoZI\n"
                                  "zj0EAwIDRwAwRAIgXJePEeNzmyr8guCKGObhPTlxFduLGMqjCLhfwx5PE7cCIHRy\n"
                                  "SHBB/+mrUir0jCC99IMplf39kKulIDkTSzQxpY8l\n"
                                  "-----END CERTIFICATE-----\n";
