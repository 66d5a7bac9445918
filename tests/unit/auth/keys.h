/* keys.h -- keys and tokens for the tests of auth/, made with OpenSSL and Python's
 * cryptography: an implementation other than the one under test. They guard
 * nothing.
 *
 * The *_MEMBERS are the inside of a JWK, so that a test can put more around them. */
#pragma once

static const char rsa_members[] G_GNUC_UNUSED =
    "\"kty\":\"RSA\",\"n\":\"okRGEpGSG8YlEFnh5kD-2Ix-EXBmViMkNr6LSEBXXsHRBLv3t11JNgrEsctq1fvT8dlko3wp"
    "x72Z0-Jj4cLxSLo3Ajj-PxPfZG_RxK703YNMFCUxQhfS-IaiWOPyquKpi_hBaXrqTeRM5VYgNRiX-9S5yagMHnXpntvMx_Cr"
    "whxodPHY9KffqMHq16TJZqwLfTsKqnNVrQA1wkEp02_zQ4yScw6s2J9H116HIcrSP42MCrUCVCFPxt6VrYPuwdC2ESldLoAN"
    "4t1SqxoJaC-7pBULxhOJYPoOVlwyGAO30Rx4Y1X74khmwLjnASRnt0wbltRCD2N85OEAmo5oj-QZfQ\",\"e\":\"AQAB\"";

static const char ec_members[] G_GNUC_UNUSED =
    "\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"8UWYJxNNVJ8sPFDa6aBa3J6zOjtkXqwmdbvQQ7CBHIY\",\"y\":\"b"
    "tHxIb_9s4bSGefX3nX10dNWkB7vFW64TZcitUMwx7w\"";

/* the d of the EC key */
static const char ec_private[] G_GNUC_UNUSED = "JOEgPdMNNNgvF6wuAdvMrEWX3OpSh5glFs15tFHrmFI";

static const char rsa_1024_members[] G_GNUC_UNUSED =
    "\"kty\":\"RSA\",\"n\":\"t3bpaOJkgAV1H0gw46_6VwEc3pAA5YkzPTayVHAYBbR1PJASlC4sHsd5s4q2BUPOyn31W_md"
    "UIkJrz-njUR0Boj3GHrG10y-c0q7ylmeKhCaERuSnM3GutNRsePn7KpeV-7iFPr4-CpCD0zdYV3ssCQ0LxIQHqMtDc9WqEhL"
    "oIU\",\"e\":\"AQAB\"";

static const char p384_members[] G_GNUC_UNUSED =
    "\"kty\":\"EC\",\"crv\":\"P-384\",\"x\":\"3ZM6FdIKrF1nZLxMeY5uZcm_F-BXqPqlVfAup5gFTfdZHiuLlIZVZKj"
    "9iiJT3_oy\",\"y\":\"JW5BziIMdaVjk5FcqWAFoCsBXlgWZqL-m0mPZPgOaDPuXkPJ-Jrp0YR15P9Up69U\"";

static const char secp256k1_members[] G_GNUC_UNUSED =
    "\"kty\":\"EC\",\"crv\":\"secp256k1\",\"x\":\"wz99_A-reqTI92C4819hXA_7QyS9ouP7PtJH4UOfXjU\",\"y\""
    ":\"bm8j2USQwwERag00RiHSL9beSVzNxOpHlDSLtUbM7GI\"";

/* PKCS#8, as in a Google service account */
static const char rsa_private_pem[] G_GNUC_UNUSED =
    "-----BEGIN PRIVATE KEY-----\n"
    "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQCiREYSkZIbxiUQ\n"
    "WeHmQP7YjH4RcGZWIyQ2votIQFdewdEEu/e3XUk2CsSxy2rV+9Px2WSjfCnHvZnT\n"
    "4mPhwvFIujcCOP4/E99kb9HErvTdg0wUJTFCF9L4hqJY4/Kq4qmL+EFpeupN5Ezl\n"
    "ViA1GJf71LnJqAwedeme28zH8KvCHGh08dj0p9+owerXpMlmrAt9Owqqc1WtADXC\n"
    "QSnTb/NDjJJzDqzYn0fXXochytI/jYwKtQJUIU/G3pWtg+7B0LYRKV0ugA3i3VKr\n"
    "GgloL7ukFQvGE4lg+g5WXDIYA7fRHHhjVfviSGbAuOcBJGe3TBuW1EIPY3zk4QCa\n"
    "jmiP5Bl9AgMBAAECggEASr2M0x+2/1EAoGvuJ7r3R3JK3Sh7EqDkHM0eZXyxYaV/\n"
    "a6FSw+RVhO1n1Qb/oil44bSC7OSTb/uuf5CO9h1vOtL+5Giw/wfdxSrWIbR+eAty\n"
    "fvL0od9MXwnQfIYeL8TwWFbUdkvV4WPPYXEOq7Y0xxugKbjcQCmKno/aXpvF2UW1\n"
    "s6TuRylaA+wFBQkxfpBapd7/Uwk7pCopLX0AC+fdcw5qjLZTGfF2AU+60AWBpZek\n"
    "ZFF3+prSttYSHHFy6IKYQWY3QPAAcR/rz3k7xhJODIarhgtLDmk2DXkVkvc3U2NJ\n"
    "NUauiqSb3vWF730BZwk0GYuIs3xBDFAe0BR2McMsZwKBgQDPhwxO2YLkZUNqKLmt\n"
    "SN5D5OdH9lB3FsyWlhgeDlG063fetDULrOJI6U9mB8wOva7BnW9mfmvri03BR/CB\n"
    "RWHxA33Kh1Gp8k39q928oWdxnB3V/J1wPDUNwIbTQ8b2GKe9WmcU1UOHIB1V30vi\n"
    "EapEORfSrRwLd9txttXD0zy3pwKBgQDIKuNZD9a1S9jl4/M5u5dVFFRYFLRXFIN4\n"
    "6TRTLF243k399DpoXHejN+Bol0oNmxbTlhPazX8sGjab795ksBI0skvMzaWok5I2\n"
    "NG4ISNPhk6xkyw2Quh12v5Lqe60TYjp448wr9z5o/um5orE2Cxsmqo+Q+syM3C4O\n"
    "Zv6cR6TKOwKBgDmx5e4V8pnkvTVKVTSjyYc+oD4VcJFrOT20RMg2WujdfdngZ87z\n"
    "JYX3tyc6i7Sdb3RMfKgWBZLai6dshKSr0Wrb+aDQthd1UdFwcpj6lnOzX2gabvrB\n"
    "Ak7sc49QjIPmntu5wma8U6XBe+ZfygzztE57QPBFSEK3875NgmiK1ZqJAoGBAIFZ\n"
    "7ccNDDPmSsjs0K3bQwUw+PxejNfFItzM3wpsnjgsOHxHCkOMlad9IWCVe75lHZAn\n"
    "6La5m1f1rJqCnNW2Tl2NZpx3vHi+vHqY0Q47eejJFFuiOCbxjr7BOACdYZAoJx8e\n"
    "Hj+/K66QJJvYventrWMET3hiCjNwybZ26kw1pBEnAoGASDz3vVO0q9AoRD2ocJfE\n"
    "QXpQE9n2OmLSdqMfxY6v56n2+VW0o1pviYuEvdBz+VkOv+grTdFCbsFmTwHPdsN7\n"
    "rQEEJv5Vklb7gDOh5kjrK20xfmd4Khy9D5hA8kyQ19f6VVJ9eXUNEzLl3f/EhEcx\n"
    "jICyAeMWiTihz+3QviSjN98=\n"
    "-----END PRIVATE KEY-----\n";

static const char rsa_private_pkcs1_pem[] G_GNUC_UNUSED =
    "-----BEGIN RSA PRIVATE KEY-----\n"
    "MIIEowIBAAKCAQEAokRGEpGSG8YlEFnh5kD+2Ix+EXBmViMkNr6LSEBXXsHRBLv3\n"
    "t11JNgrEsctq1fvT8dlko3wpx72Z0+Jj4cLxSLo3Ajj+PxPfZG/RxK703YNMFCUx\n"
    "QhfS+IaiWOPyquKpi/hBaXrqTeRM5VYgNRiX+9S5yagMHnXpntvMx/CrwhxodPHY\n"
    "9KffqMHq16TJZqwLfTsKqnNVrQA1wkEp02/zQ4yScw6s2J9H116HIcrSP42MCrUC\n"
    "VCFPxt6VrYPuwdC2ESldLoAN4t1SqxoJaC+7pBULxhOJYPoOVlwyGAO30Rx4Y1X7\n"
    "4khmwLjnASRnt0wbltRCD2N85OEAmo5oj+QZfQIDAQABAoIBAEq9jNMftv9RAKBr\n"
    "7ie690dySt0oexKg5BzNHmV8sWGlf2uhUsPkVYTtZ9UG/6IpeOG0guzkk2/7rn+Q\n"
    "jvYdbzrS/uRosP8H3cUq1iG0fngLcn7y9KHfTF8J0HyGHi/E8FhW1HZL1eFjz2Fx\n"
    "Dqu2NMcboCm43EApip6P2l6bxdlFtbOk7kcpWgPsBQUJMX6QWqXe/1MJO6QqKS19\n"
    "AAvn3XMOaoy2UxnxdgFPutAFgaWXpGRRd/qa0rbWEhxxcuiCmEFmN0DwAHEf6895\n"
    "O8YSTgyGq4YLSw5pNg15FZL3N1NjSTVGroqkm971he99AWcJNBmLiLN8QQxQHtAU\n"
    "djHDLGcCgYEAz4cMTtmC5GVDaii5rUjeQ+TnR/ZQdxbMlpYYHg5RtOt33rQ1C6zi\n"
    "SOlPZgfMDr2uwZ1vZn5r64tNwUfwgUVh8QN9yodRqfJN/avdvKFncZwd1fydcDw1\n"
    "DcCG00PG9hinvVpnFNVDhyAdVd9L4hGqRDkX0q0cC3fbcbbVw9M8t6cCgYEAyCrj\n"
    "WQ/WtUvY5ePzObuXVRRUWBS0VxSDeOk0UyxduN5N/fQ6aFx3ozfgaJdKDZsW05YT\n"
    "2s1/LBo2m+/eZLASNLJLzM2lqJOSNjRuCEjT4ZOsZMsNkLoddr+S6nutE2I6eOPM\n"
    "K/c+aP7puaKxNgsbJqqPkPrMjNwuDmb+nEekyjsCgYA5seXuFfKZ5L01SlU0o8mH\n"
    "PqA+FXCRazk9tETINlro3X3Z4GfO8yWF97cnOou0nW90THyoFgWS2ounbISkq9Fq\n"
    "2/mg0LYXdVHRcHKY+pZzs19oGm76wQJO7HOPUIyD5p7bucJmvFOlwXvmX8oM87RO\n"
    "e0DwRUhCt/O+TYJoitWaiQKBgQCBWe3HDQwz5krI7NCt20MFMPj8XozXxSLczN8K\n"
    "bJ44LDh8RwpDjJWnfSFglXu+ZR2QJ+i2uZtX9ayagpzVtk5djWacd7x4vrx6mNEO\n"
    "O3noyRRbojgm8Y6+wTgAnWGQKCcfHh4/vyuukCSb2L3p7a1jBE94YgozcMm2dupM\n"
    "NaQRJwKBgEg8971TtKvQKEQ9qHCXxEF6UBPZ9jpi0najH8WOr+ep9vlVtKNab4mL\n"
    "hL3Qc/lZDr/oK03RQm7BZk8Bz3bDe60BBCb+VZJW+4AzoeZI6yttMX5neCocvQ+Y\n"
    "QPJMkNfX+lVSfXl1DRMy5d3/xIRHMYyAsgHjFok4oc/t0L4kozff\n"
    "-----END RSA PRIVATE KEY-----\n";

static const char rsa_1024_private_pem[] G_GNUC_UNUSED =
    "-----BEGIN PRIVATE KEY-----\n"
    "MIICdgIBADANBgkqhkiG9w0BAQEFAASCAmAwggJcAgEAAoGBALd26WjiZIAFdR9I\n"
    "MOOv+lcBHN6QAOWJMz02slRwGAW0dTyQEpQuLB7HebOKtgVDzsp99Vv5nVCJCa8/\n"
    "p41EdAaI9xh6xtdMvnNKu8pZnioQmhEbkpzNxrrTUbHj5+yqXlfu4hT6+PgqQg9M\n"
    "3WFd7LAkNC8SEB6jLQ3PVqhIS6CFAgMBAAECgYBwjYUYkXtyhuaZsGI97SI56jbZ\n"
    "26KRLyC+NyYkYzh5l4ItC346ZjEvGNVy7nBIvpbI54l1SafXVpsYZobWRd6fcXJZ\n"
    "acEFeXti8/oFkx8mpAmBML1i6v4rcRPJWNzpced6nlCfJ6M4q1KCqUaezuKwM52p\n"
    "O8Li+6IVexzSRpA+AQJBAOSIZV2Y1G1R9q6XeksVLZegZN56SGZlCtfIOXLXD9so\n"
    "F9AxXJZMYzUOkcTi++E+EdOGIQSaz6IQwFSVRMUcoUUCQQDNg9VUqSuyMsjKkLlC\n"
    "4bVbIzrp2/U/9i5DCG4PGS0YQCrRBybzqqGtEN2WlszN9NQ+VJpZ8L0TzEJ+rPq2\n"
    "S9ZBAkBdhR+OHNOZZPhA3EY0YZdFvGJq1Lm6BVFZmltADpgzhAWysfCEpP/YH30x\n"
    "h/2xYBglancqjju3w4khU/BPhXbNAkEAv6HsbHMKcbF1FZ15gmngp8jkCGi3+Rpe\n"
    "7NaRebaqG/DJe/vFUHSNKUmOtfqLoohm2HAfNTqLtEhEwMYfSZjRgQJAWJLHX0na\n"
    "3I28CViw9WXAgwhm3jn8VOVeL8dLkKInHWjMJ5dbsVYhqGf4aFJix5GTLAv4LNj9\n"
    "6Of0Ywf0N7sAlg==\n"
    "-----END PRIVATE KEY-----\n";

static const char ec_private_pem[] G_GNUC_UNUSED =
    "-----BEGIN PRIVATE KEY-----\n"
    "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgJOEgPdMNNNgvF6wu\n"
    "AdvMrEWX3OpSh5glFs15tFHrmFKhRANCAATxRZgnE01Unyw8UNrpoFrcnrM6O2Re\n"
    "rCZ1u9BDsIEchm7R8SG//bOG0hnn19519dHTVpAe7xVuuE2XIrVDMMe8\n"
    "-----END PRIVATE KEY-----\n";

static const char rsa_public_pem[] G_GNUC_UNUSED =
    "-----BEGIN PUBLIC KEY-----\n"
    "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAokRGEpGSG8YlEFnh5kD+\n"
    "2Ix+EXBmViMkNr6LSEBXXsHRBLv3t11JNgrEsctq1fvT8dlko3wpx72Z0+Jj4cLx\n"
    "SLo3Ajj+PxPfZG/RxK703YNMFCUxQhfS+IaiWOPyquKpi/hBaXrqTeRM5VYgNRiX\n"
    "+9S5yagMHnXpntvMx/CrwhxodPHY9KffqMHq16TJZqwLfTsKqnNVrQA1wkEp02/z\n"
    "Q4yScw6s2J9H116HIcrSP42MCrUCVCFPxt6VrYPuwdC2ESldLoAN4t1SqxoJaC+7\n"
    "pBULxhOJYPoOVlwyGAO30Rx4Y1X74khmwLjnASRnt0wbltRCD2N85OEAmo5oj+QZ\n"
    "fQIDAQAB\n"
    "-----END PUBLIC KEY-----\n";

static const char rsa_public_pkcs1_pem[] G_GNUC_UNUSED =
    "-----BEGIN RSA PUBLIC KEY-----\n"
    "MIIBCgKCAQEAokRGEpGSG8YlEFnh5kD+2Ix+EXBmViMkNr6LSEBXXsHRBLv3t11J\n"
    "NgrEsctq1fvT8dlko3wpx72Z0+Jj4cLxSLo3Ajj+PxPfZG/RxK703YNMFCUxQhfS\n"
    "+IaiWOPyquKpi/hBaXrqTeRM5VYgNRiX+9S5yagMHnXpntvMx/CrwhxodPHY9Kff\n"
    "qMHq16TJZqwLfTsKqnNVrQA1wkEp02/zQ4yScw6s2J9H116HIcrSP42MCrUCVCFP\n"
    "xt6VrYPuwdC2ESldLoAN4t1SqxoJaC+7pBULxhOJYPoOVlwyGAO30Rx4Y1X74khm\n"
    "wLjnASRnt0wbltRCD2N85OEAmo5oj+QZfQIDAQAB\n"
    "-----END RSA PUBLIC KEY-----\n";

/* kid rsa-1, ec-1 and x; sub 11111111-2222-4333-8444-555555555555, exp 4102444800 (the year 2100), email
 * ana@example.com */
static const char made_rs256[] G_GNUC_UNUSED =
    "eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCIsImtpZCI6InJzYS0xIn0.eyJzdWIiOiIxMTExMTExMS0yMjIyLTQzMzMtODQ0"
    "NC01NTU1NTU1NTU1NTUiLCJleHAiOjQxMDI0NDQ4MDAsImVtYWlsIjoiYW5hQGV4YW1wbGUuY29tIn0.CMVEUEsGjvGqevZy"
    "-WYs6YH4SQIee5_6WzP1L-Qm-Ux5gYAAfVbN7g0LPNHEowD6Jdc1JziVmLDy_8gaY03E55vNcL0vGAJxF5bAKqCVGtUuBQOe"
    "6tH08H9z0JVtMsOIpLpzpNFSepAo9w5dg84cCtMe3Ra3SwCXFrZxy5om8b4kmBYFETxx39om0cJiJKIgRsopkJJruOX-MvGd"
    "rcshNpypvoqi8LAPNK9VSaw9qyYNekQ1b-gN3S1LMRECtyloSIvDxQFQK1wAhn3XFSvqlY8uX2ITiJlRO3YfDKqGb4XB5Drm"
    "d_lf4fmKDKe4kL0XexmXy16BRuv4q7LvIVydsQ";

static const char made_es256[] G_GNUC_UNUSED =
    "eyJhbGciOiJFUzI1NiIsImtpZCI6ImVjLTEiLCJ0eXAiOiJKV1QifQ.eyJzdWIiOiIxMTExMTExMS0yMjIyLTQzMzMtODQ0N"
    "C01NTU1NTU1NTU1NTUiLCJleHAiOjQxMDI0NDQ4MDAsImVtYWlsIjoiYW5hQGV4YW1wbGUuY29tIn0.qMhqhH3hZtnrhP960"
    "9JmsPe6lNaK9UQCllWH6Cx50LfX1Vk8C8r92bCO-wLxVknA9nkpNathAcxIULmFhHWdug";

/* with the secret "a-secret-that-is-at-least-32-bytes-long" */
static const char made_hs256[] G_GNUC_UNUSED =
    "eyJhbGciOiJIUzI1NiIsImtpZCI6IngiLCJ0eXAiOiJKV1QifQ.eyJzdWIiOiIxMTExMTExMS0yMjIyLTQzMzMtODQ0NC01N"
    "TU1NTU1NTU1NTUiLCJleHAiOjQxMDI0NDQ4MDAsImVtYWlsIjoiYW5hQGV4YW1wbGUuY29tIn0.XqAOBEhftZr9Wz_iuPBKF"
    "YoXmgE8KBauc74ne-d1iyo";
