using System.Text;

namespace SimpleFlow;

/// <summary>UTF-8 that refuses bytes which are not text, where .NET's own puts a � in their place.</summary>
internal static class StrictUtf8
{
    public static Encoding Encoding { get; } = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
}
