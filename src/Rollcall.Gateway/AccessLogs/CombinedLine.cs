using System.Buffers;
using System.Globalization;
using System.Text;

namespace Rollcall.Gateway.AccessLogs;

/// <summary>
/// One line for one request in the combined log format of Apache httpd (<c>%h - - [%t] "%r" %>s %b "%{Referer}i" "%{User-Agent}i"</c>), for tools that read the logs of other
/// front ends. Without queries, as the other format. What is no plain ASCII is written as nginx does: <c>\x22</c>.
/// </summary>
internal static class CombinedLine
{
    private const int MaxText = 2048;

    private static readonly SearchValues<char> Plain =
        SearchValues.Create(" !#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[]^_`abcdefghijklmnopqrstuvwxyz{|}~");

    public static void Write(IBufferWriter<byte> line, AccessRecord record)
    {
        var path = record.Path.HasValue ? record.Path.ToUriComponent() : "*";
        var text = string.Create(
            CultureInfo.InvariantCulture,
            $"{record.Client?.ToString() ?? "-"} - - [{record.Time:dd/MMM/yyyy:HH:mm:ss} +0000] \"{Escape(record.Method)} {Escape(path)} {record.Protocol}\" {record.Status} {record.Bytes} \"{Escape(WithoutQuery(record.Referer))}\" \"{Escape(record.UserAgent)}\"");
        Encoding.ASCII.GetBytes(text, line);
    }

    private static string? WithoutQuery(string? url) => url?.Split('?', 2)[0];

    private static string Escape(string? text)
    {
        if (string.IsNullOrEmpty(text))
            return "-";
        if (text.Length > MaxText)
            text = text[..MaxText];
        if (!text.AsSpan().ContainsAnyExcept(Plain))
            return text;
        var escaped = new StringBuilder();
        foreach (var b in Encoding.UTF8.GetBytes(text))
        {
            if (Plain.Contains((char)b))
                escaped.Append((char)b);
            else
                escaped.Append(CultureInfo.InvariantCulture, $"\\x{b:X2}");
        }

        return escaped.ToString();
    }
}
