using System.Security.Cryptography;

namespace Rollcall.Gossip.Wire;

/// <summary>
/// AES-GCM with the keys of a ring: a version, a nonce, the ciphertext, a tag. Version 0 pads to blocks. Keeps the prepared keys of the ring it saw last; one caller at
/// a time.
/// </summary>
internal sealed class PacketCipher(GossipKeyring keyring) : IDisposable
{
    public const int MaxVersion = 1;
    private const int NonceBytes = 12;
    private const int TagBytes = 16;
    private const int BlockBytes = 16;
    private const int HeadBytes = 1 + NonceBytes;

    // So many packets that were good make up for one that was not.
    private const int MostDoubts = 4096;

    // Drawn together: to ask the system for twelve bytes takes longer than to encrypt a probe with them.
    private readonly byte[] _nonces = new byte[64 * NonceBytes];
    private int _nextNonce;

    private GossipKey[] _keys = [];
    private AesGcm[] _ciphers = [];
    private int _lastOpened;
    private int _doubts;

    /// <summary>Whether anything is encrypted at all.</summary>
    public bool IsEnabled => keyring.Snapshot.Length > 0;

    public static int MaxOverhead(byte version) => HeadBytes + TagBytes + (version == 0 ? BlockBytes : 0);

    /// <summary>The exact length of what <see cref="Seal"/> writes.</summary>
    public static int SealedLength(byte version, int length) => HeadBytes + length + (version == 0 ? Padding(length) : 0) + TagBytes;

    /// <summary>Encrypts with the primary key. The ring must not be empty, and the destination hold <see cref="SealedLength"/>.</summary>
    public int Seal(byte version, ReadOnlySpan<byte> plain, ReadOnlySpan<byte> associated, Span<byte> destination)
    {
        Prepare();
        if (_ciphers.Length == 0)
            throw new InvalidOperationException("There is no key to encrypt with.");
        var length = SealedLength(version, plain.Length);
        destination = destination[..length];
        destination[0] = version;
        var nonce = destination.Slice(1, NonceBytes);
        DrawNonce(nonce);
        var cipherText = destination[HeadBytes..^TagBytes];
        if (version == 0)
        {
            plain.CopyTo(cipherText);
            cipherText[plain.Length..].Fill((byte)Padding(plain.Length));
            plain = cipherText;
        }

        _ciphers[0].Encrypt(nonce, plain, cipherText, destination[^TagBytes..], associated);
        return length;
    }

    /// <summary>Decrypts with any key of the ring into a destination no shorter than the payload. A refusal is a constant text.</summary>
    public bool TryOpen(ReadOnlySpan<byte> payload, ReadOnlySpan<byte> associated, Span<byte> destination, out int written, out string? refusal)
    {
        written = 0;
        Prepare();
        refusal = null;
        if (payload.Length < HeadBytes + TagBytes)
            refusal = "it is too short to be encrypted";
        else if (payload[0] > MaxVersion)
            refusal = "its encryption is of an unknown version";
        else if (payload[0] == 0 && payload.Length < HeadBytes + BlockBytes + TagBytes)
            refusal = "it is too short to be encrypted";
        else if (!TryDecrypt(payload, associated, destination))
            refusal = "no key decrypts it";
        if (refusal is not null)
            return false;
        written = payload.Length - HeadBytes - TagBytes;
        if (payload[0] != 0)
            return true;
        var padding = destination[written - 1];
        if (padding is 0 or > BlockBytes || padding > written || destination[(written - padding)..written].ContainsAnyExcept(padding))
        {
            refusal = "its padding is malformed";
            return false;
        }

        written -= padding;
        return true;
    }

    public void Dispose()
    {
        foreach (var cipher in _ciphers)
            cipher.Dispose();
        _ciphers = [];
        _keys = [];
    }

    // The key that opened the last one goes first: while keys rotate peers of one kind of key come in rows.
    private bool TryDecrypt(ReadOnlySpan<byte> payload, ReadOnlySpan<byte> associated, Span<byte> destination)
    {
        for (var i = 0; i < _ciphers.Length; i++)
        {
            var index = (_lastOpened + i) % _ciphers.Length;
            if (!TryDecrypt(_ciphers[index], payload, associated, destination))
            {
                _doubts = MostDoubts;
                continue;
            }

            _lastOpened = index;
            _doubts = Math.Max(0, _doubts - 1);
            return true;
        }

        return false;
    }

    // A wrong tag costs an exception, which is longer than to encrypt ten packets: whoever sends garbage would have a node do nothing else. So while there has been some,
    // the tag is looked at first.
    private bool TryDecrypt(AesGcm cipher, ReadOnlySpan<byte> payload, ReadOnlySpan<byte> associated, Span<byte> destination)
    {
        var nonce = payload.Slice(1, NonceBytes);
        var cipherText = payload[HeadBytes..^TagBytes];
        destination = destination[..cipherText.Length];
        if (_doubts > 0 && !HasTag(cipher, nonce, cipherText, payload[^TagBytes..], associated, destination))
            return false;
        try
        {
            cipher.Decrypt(nonce, cipherText, payload[^TagBytes..], destination, associated);
            return true;
        }
        catch (AuthenticationTagMismatchException)
        {
            return false;
        }
    }

    // GCM adds one key stream both ways: encrypted, the ciphertext is the plaintext, and that, encrypted again, has the tag that the sender would have made. Only a sieve:
    // what passes it is decrypted as ever.
    private static bool HasTag(AesGcm cipher, ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> cipherText, ReadOnlySpan<byte> expected, ReadOnlySpan<byte> associated, Span<byte> scratch)
    {
        Span<byte> tag = stackalloc byte[TagBytes];
        cipher.Encrypt(nonce, cipherText, scratch, tag, associated);
        cipher.Encrypt(nonce, scratch, scratch, tag, associated);
        return CryptographicOperations.FixedTimeEquals(tag, expected);
    }

    private void DrawNonce(Span<byte> nonce)
    {
        if (_nextNonce % _nonces.Length == 0)
        {
            RandomNumberGenerator.Fill(_nonces);
            _nextNonce = 0;
        }

        _nonces.AsSpan(_nextNonce, NonceBytes).CopyTo(nonce);
        _nextNonce += NonceBytes;
    }

    private void Prepare()
    {
        var keys = keyring.Snapshot;
        if (ReferenceEquals(keys, _keys))
            return;
        Dispose();
        _ciphers = Array.ConvertAll(keys, static key => new AesGcm(key.Bytes, TagBytes));
        _keys = keys;
        _lastOpened = 0;
    }

    // Always some: a whole block where nothing is missing.
    private static int Padding(int length) => BlockBytes - (length % BlockBytes);
}
