package check

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/des"
	"crypto/pbkdf2"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/pem"
	"errors"
	"fmt"
	"hash"
)

// plainKey returns the private keys of a PEM file as they are without their pass
// phrase. What is not encrypted stays as it is.
func plainKey(text []byte, password string) ([]byte, error) {
	var out []byte
	for {
		var block *pem.Block
		if block, text = pem.Decode(text); block == nil {
			return out, nil
		}
		switch {
		case block.Type == "ENCRYPTED PRIVATE KEY":
			der, err := decryptPKCS8(block.Bytes, []byte(password))
			if err != nil {
				return nil, err
			}
			block = &pem.Block{Type: "PRIVATE KEY", Bytes: der}
		case x509.IsEncryptedPEMBlock(block): //nolint:staticcheck // old, but OpenSSL reads and wrote it
			der, err := x509.DecryptPEMBlock(block, []byte(password)) //nolint:staticcheck // likewise
			if err != nil {
				return nil, err
			}
			block = &pem.Block{Type: block.Type, Bytes: der}
		}
		out = append(out, pem.EncodeToMemory(block)...)
	}
}

// encryptedKey is EncryptedPrivateKeyInfo of RFC 5958 3, with PBES2 of RFC 8018.
type encryptedKey struct {
	Algorithm struct {
		OID    asn1.ObjectIdentifier
		Params struct {
			KDF struct {
				OID    asn1.ObjectIdentifier
				Params struct {
					Salt       []byte
					Iterations int
					KeyLength  int                      `asn1:"optional"`
					PRF        pkix.AlgorithmIdentifier `asn1:"optional"`
				}
			}
			Cipher struct {
				OID asn1.ObjectIdentifier
				IV  []byte
			}
		}
	}
	Data []byte
}

// Functions and ciphers of PBES2 by their object identifiers.
var (
	prfs = map[string]func() hash.Hash{
		"": sha1.New, "1.2.840.113549.2.7": sha1.New, "1.2.840.113549.2.9": sha256.New,
		"1.2.840.113549.2.10": sha512.New384, "1.2.840.113549.2.11": sha512.New,
	}
	keyCiphers = map[string]struct {
		length int
		open   func([]byte) (cipher.Block, error)
	}{
		"2.16.840.1.101.3.4.1.2": {16, aes.NewCipher}, "2.16.840.1.101.3.4.1.22": {24, aes.NewCipher},
		"2.16.840.1.101.3.4.1.42": {32, aes.NewCipher}, "1.2.840.113549.3.7": {24, des.NewTripleDESCipher},
	}
)

// maxIterations bounds the time that a key file may take.
const maxIterations = 10_000_000

func decryptPKCS8(der, password []byte) ([]byte, error) {
	var k encryptedKey
	if _, err := asn1.Unmarshal(der, &k); err != nil {
		return nil, fmt.Errorf("the key is encrypted in a way that is not PBES2 with PBKDF2: %w", err)
	}
	p := k.Algorithm.Params
	prf, c := prfs[p.KDF.Params.PRF.Algorithm.String()], keyCiphers[p.Cipher.OID.String()]
	if prf == nil || c.open == nil || p.KDF.Params.Iterations > maxIterations {
		return nil, fmt.Errorf("the key is encrypted with %v and %v, which are not supported", p.KDF.Params.PRF.Algorithm, p.Cipher.OID)
	}
	key, err := pbkdf2.Key(prf, string(password), p.KDF.Params.Salt, p.KDF.Params.Iterations, c.length)
	if err != nil {
		return nil, err
	}
	block, err := c.open(key)
	if err != nil {
		return nil, err
	}
	size := block.BlockSize()
	if len(p.Cipher.IV) != size || len(k.Data) == 0 || len(k.Data)%size != 0 {
		return nil, errors.New("the encrypted key is damaged")
	}
	plain := make([]byte, len(k.Data))
	cipher.NewCBCDecrypter(block, p.Cipher.IV).CryptBlocks(plain, k.Data)
	pad := int(plain[len(plain)-1])
	if pad == 0 || pad > size {
		return nil, errors.New("the password of the key is wrong")
	}
	return plain[:len(plain)-pad], nil
}
