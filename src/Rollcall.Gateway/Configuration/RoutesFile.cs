using System.Text;
using Rollcall.Sources.Text;

namespace Rollcall.Gateway.Configuration;

/// <summary>Reads a routes file: YAML, or JSON when its name ends in <c>.json</c>.</summary>
internal static class RoutesFile
{
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>What a file says.</summary>
    /// <exception cref="RoutesFileException">It cannot be read.</exception>
    public static async Task<byte[]> ReadAsync(string file, CancellationToken cancellationToken)
    {
        try
        {
            var length = new FileInfo(file).Length;
            if (length > DataLimits.MaxBytes)
                throw new RoutesFileException($"{file} has {length} bytes; at most {DataLimits.MaxBytes} are allowed.");
            return await File.ReadAllBytesAsync(file, cancellationToken);
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new RoutesFileException($"{file} does not exist. Create it, or name another with --routes.", error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new RoutesFileException($"{file} cannot be read: {error.Message}", error);
        }
    }

    /// <summary>Reads a document that was loaded from <paramref name="file"/>.</summary>
    /// <exception cref="RoutesFileException">It cannot be used; the message names everything that is wrong, each with its place.</exception>
    public static GatewayConfig Parse(string file, ReadOnlySpan<byte> text, ConfigVocabulary vocabulary)
    {
        var errors = new List<ConfigError>();
        GatewayConfig? config = null;
        Exception? cause = null;
        try
        {
            if (text.StartsWith(Encoding.UTF8.Preamble))
                text = text[Encoding.UTF8.Preamble.Length..];
            var root = file.EndsWith(".json", StringComparison.OrdinalIgnoreCase) ? JsonData.Read(text) : YamlData.Read(StrictUtf8.GetString(text));
            config = RoutesReader.Read(root, vocabulary, errors);
        }
        catch (DataFormatException error)
        {
            cause = error;
            errors.Add(new(error.Line, error.Column, error.Message));
        }
        catch (DecoderFallbackException error)
        {
            throw new RoutesFileException($"{file} is no UTF-8 text (byte {error.Index}).", error);
        }

        return errors.Count == 0
            ? config!
            : throw new RoutesFileException(file, [.. errors.OrderBy(static error => error.Line).ThenBy(static error => error.Column)], cause);
    }
}
