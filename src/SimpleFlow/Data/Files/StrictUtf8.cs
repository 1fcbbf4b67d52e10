using System.Text;

namespace SimpleFlow;

/// <summary>UTF-8 that refuses bytes that are not text; .NET's own replaces them with �.</summary>
internal static class StrictUtf8
{
    public static Encoding Encoding { get; } = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
}
