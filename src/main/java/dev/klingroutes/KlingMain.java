package dev.klingroutes; public final class KlingMain { public static void main(String[] a) {} }
